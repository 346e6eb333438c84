// Which records are written as JSON, by code made at build time. Knows no store.
using System.Text.Json.Serialization;

namespace Majlis.Feedback.Store;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RedisAddress))]
[JsonSerializable(typeof(BattleHead))]
[JsonSerializable(typeof(VoteRecord))]
sealed partial class FeedbackJson : JsonSerializerContext;

// The records written as JSON, by source-generated serialisers. Knows no store.
using System.Text.Json.Serialization;
using Majlis.Feedback.Store.Access;

namespace Majlis.Feedback.Store;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RedisAddress))]
[JsonSerializable(typeof(BattleHead))]
[JsonSerializable(typeof(VoteRecord))]
[JsonSerializable(typeof(AccessKey))]
[JsonSerializable(typeof(KeyChange))]
[JsonSerializable(typeof(RaterSession))]
sealed partial class FeedbackJson : JsonSerializerContext;

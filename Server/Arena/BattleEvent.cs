// The shapes of the arena's replies. Data only. Nothing before the vote reveals which model is which side.
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Majlis.Server.Chat;

namespace Majlis.Server.Arena;

/// <summary>One event of a battle's stream: opened, a chunk of one side's text, or ready to be voted on.</summary>
sealed record BattleEvent(string Id, string Object, long Created)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Side { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChunkDelta? Delta { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FinishReason { get; init; }
}

/// <summary>A stored vote, with the model of each side.</summary>
sealed record VoteReply(string Id, string Object, string Verdict, VoteSides Sides);

sealed record VoteSides(VoteSide A, VoteSide B);

sealed record VoteSide(string Model, string SystemFingerprint, JsonNode? Sampling);

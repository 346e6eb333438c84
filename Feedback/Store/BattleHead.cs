// The parts of a battle and of a vote that are kept as JSON; tokens and log-probabilities are packed (PackedSide).
using System.Collections.Immutable;
using Majlis.Feedback.Votes;

namespace Majlis.Feedback.Store;

sealed record BattleHead(
    string Id,
    string MessagesJson,
    string PromptHash,
    string Language,
    string Rater,
    DateTimeOffset Opened,
    double Propensity,
    string? GroundedMessagesJson = null,
    string? DocumentsJson = null,
    string? TemplateArgumentsJson = null)
{
    public static BattleHead Of(Battle battle) =>
        new(battle.Id, battle.MessagesJson, battle.PromptHash, battle.Language, battle.Rater, battle.Opened, battle.Propensity,
            battle.GroundedMessagesJson, battle.DocumentsJson, battle.TemplateArgumentsJson);

    public Battle With(BattleSide a, BattleSide b) =>
        new(Id, MessagesJson, PromptHash, Language, Rater, Opened, a, b)
        {
            Propensity = Propensity,
            GroundedMessagesJson = GroundedMessagesJson,
            DocumentsJson = DocumentsJson,
            TemplateArgumentsJson = TemplateArgumentsJson,
        };
}

/// <param name="Schema">2, or 1 without the last two fields. A reader refuses any other number.</param>
sealed record VoteRecord(
    int Schema,
    string BattleId,
    Verdict Verdict,
    ImmutableArray<string> Tags,
    string? Comment,
    string Voter,
    string VoterKind,
    long? DwellMs,
    bool RevealedBeforeVote,
    DateTimeOffset At,
    string? Address = null,
    long? CookieAgeMs = null)
{
    public const int CurrentSchema = 2;

    public static VoteRecord Of(Vote vote, DateTimeOffset at) =>
        new(CurrentSchema, vote.BattleId, vote.Verdict, vote.Tags.IsDefault ? [] : vote.Tags, vote.Comment, vote.Voter, vote.VoterKind,
            vote.DwellMs, vote.RevealedBeforeVote, at, vote.Address, (long?)vote.CookieAge?.TotalMilliseconds);

    public Vote Vote() => new(BattleId, Verdict, Tags.IsDefault ? [] : Tags, Comment, Voter, VoterKind, DwellMs, RevealedBeforeVote)
    {
        Address = Address,
        CookieAge = CookieAgeMs is { } age ? TimeSpan.FromMilliseconds(age) : null,
    };
}

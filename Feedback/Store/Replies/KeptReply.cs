// One kept reply: what was asked and what was answered, as JSON. Data only.
namespace Majlis.Feedback.Store.Replies;

/// <param name="Kind">One of <see cref="ReplyKind"/>: an id is found under its own kind only.</param>
/// <param name="Owner">Whose it is; nobody else finds it.</param>
/// <param name="Reply">The reply, UTF-8.</param>
/// <param name="Input">What it answers, UTF-8.</param>
public sealed record KeptReply(string Id, string Kind, string Owner, DateTimeOffset Created, ReadOnlyMemory<byte> Reply,
    ReadOnlyMemory<byte> Input)
{
    /// <summary>The exact tokens of the answer, packed as a battle's side; empty where nothing can be learnt from it.</summary>
    public ReadOnlyMemory<byte> Side { get; init; }
}

/// <summary>The kinds of kept replies.</summary>
public static class ReplyKind
{
    public const string Chat = "chat";
    public const string Response = "response";

    public static IReadOnlyList<string> All { get; } = [Chat, Response];
}

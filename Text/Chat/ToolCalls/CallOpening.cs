// What begins a stretch of calls in an answer, and who reads on from there. Data only.
namespace Majlis.Text.Chat.ToolCalls;

/// <param name="Mark">The text that opens the stretch.</param>
/// <param name="Reader">Makes the reader of one stretch.</param>
sealed record CallOpening(string Mark, Func<CallSink, ICallReader> Reader)
{
    /// <summary>The mark is the first character of a call itself; then it counts only where the answer begins.</summary>
    public bool IsOfCall { get; init; }

    /// <summary>It counts only where the answer begins.</summary>
    public bool OnlyFirst { get; init; }
}

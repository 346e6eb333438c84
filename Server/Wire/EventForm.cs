// How one API writes the events of a stream that are no answer: its failure and its end. Knows no answer.
using System.Net.ServerSentEvents;

namespace Majlis.Server.Wire;

/// <param name="Failure">The last event of a stream that fails.</param>
/// <param name="Done">The last event of one that does not; null: nothing follows its own events.</param>
sealed record EventForm(Func<ApiError, SseItem<string>> Failure, SseItem<string>? Done)
{
    /// <summary>OpenAI's: events without a name, then [DONE].</summary>
    public static EventForm OpenAI { get; } = new(error => new(error.ToEvent()), new("[DONE]"));
}

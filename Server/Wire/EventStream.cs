// A stream of server-sent events. It starts only when its first item is there, so that early failures keep their HTTP status. A later
// failure is sent as an error item, and then the connection is cut: many clients overlook the item, none an incomplete reply. Knows no
// item's content.
using System.Runtime.CompilerServices;

namespace Majlis.Server.Wire;

/// <summary>A reply failed after its start; the client was told why as far as possible.</summary>
sealed class BrokenReplyException(string message) : Exception(message);

static class EventStream
{
    public const string Done = "[DONE]";

    /// <summary>Waits for the first item; a failure before it is thrown here.</summary>
    /// <param name="items">The data of each event, without the closing [DONE].</param>
    /// <param name="explain">Turns a late failure into the error for the client.</param>
    /// <param name="limit">Ends the reply of a client that does not read.</param>
    public static async Task<IResult> BeginAsync(IAsyncEnumerable<string> items, Func<Exception, ApiError> explain, WriteLimit limit)
    {
        var cancellation = limit.Http.RequestAborted;
        var reader = items.GetAsyncEnumerator(cancellation);
        try
        {
            if (!await reader.MoveNextAsync()) throw new InvalidOperationException("A stream without any event.");
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
        return TypedResults.ServerSentEvents(limit.Watch(From(reader, explain, cancellation)));
    }

    static async IAsyncEnumerable<string> From(IAsyncEnumerator<string> reader, Func<Exception, ApiError> explain,
        CancellationToken gone, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await using (reader)
        {
            ApiError? failure = null;
            for (var more = true; more;)
            {
                yield return reader.Current;
                try
                {
                    more = await reader.MoveNextAsync();
                }
                catch (Exception broken) when (!IsGone(broken))
                {
                    (failure, more) = (explain(broken), false);
                }
            }
            yield return failure?.ToEvent() ?? Done;
            // The request for the next item means that the last one was sent.
            if (failure is not null) throw new BrokenReplyException(failure.Message);
        }

        bool IsGone(Exception broken) =>
            broken is OperationCanceledException && (gone.IsCancellationRequested || cancellation.IsCancellationRequested);
    }
}

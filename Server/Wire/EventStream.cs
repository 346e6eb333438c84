// A stream of server-sent events. It starts when its first item is there, or its end, so that early failures keep their HTTP status. A
// later failure is sent as an error item, and then the connection is cut: many clients overlook the item, none an incomplete reply. Knows
// no item's content.
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace Majlis.Server.Wire;

/// <summary>A reply failed after its start; the client was told why as far as possible.</summary>
sealed class BrokenReplyException(string message) : Exception(message);

static class EventStream
{
    /// <summary>Waits for the first item; a failure before it is thrown here.</summary>
    /// <param name="items">Every event but the closing one.</param>
    /// <param name="explain">Turns a late failure into the error for the client.</param>
    /// <param name="limit">Ends the reply of a client that does not read.</param>
    public static async Task<IResult> BeginAsync(IAsyncEnumerable<SseItem<string>> items, Func<Exception, ApiError> explain,
        WriteLimit limit, EventForm form)
    {
        var cancellation = limit.Http.RequestAborted;
        var reader = items.GetAsyncEnumerator(cancellation);
        bool isAny;
        try
        {
            isAny = await reader.MoveNextAsync();
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
        return TypedResults.ServerSentEvents(limit.Watch(From(reader, isAny, explain, form, cancellation)));
    }

    static async IAsyncEnumerable<SseItem<string>> From(IAsyncEnumerator<SseItem<string>> reader, bool more,
        Func<Exception, ApiError> explain, EventForm form, CancellationToken gone,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await using (reader)
        {
            ApiError? failure = null;
            while (more)
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
            if (failure is not null)
            {
                yield return form.Failure(failure);
                // The request for the next item means that the last one was sent.
                throw new BrokenReplyException(failure.Message);
            }
            if (form.Done is { } done) yield return done;
        }

        bool IsGone(Exception broken) =>
            broken is OperationCanceledException && (gone.IsCancellationRequested || cancellation.IsCancellationRequested);
    }
}

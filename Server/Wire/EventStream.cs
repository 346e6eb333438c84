// A stream of server-sent events that begins only when its first item is there, so that early failures keep their true status;
// a failure after that is an error item and the end. Knows no item's content.
using System.Runtime.CompilerServices;

namespace Majlis.Server.Wire;

static class EventStream
{
    public const string Done = "[DONE]";

    /// <summary>Waits for the first item; what goes wrong before it is thrown from here.</summary>
    /// <param name="items">The data of each event, without the closing [DONE].</param>
    /// <param name="explain">Turns a late failure into what the client is told.</param>
    public static async Task<IResult> BeginAsync(IAsyncEnumerable<string> items, Func<Exception, ApiError> explain,
        CancellationToken cancellation)
    {
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
        return TypedResults.ServerSentEvents(From(reader, explain, cancellation));
    }

    static async IAsyncEnumerable<string> From(IAsyncEnumerator<string> reader, Func<Exception, ApiError> explain,
        CancellationToken gone, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await using (reader)
        {
            string? failure = null;
            for (var more = true; more;)
            {
                yield return reader.Current;
                try
                {
                    more = await reader.MoveNextAsync();
                }
                catch (OperationCanceledException) when (gone.IsCancellationRequested || cancellation.IsCancellationRequested)
                {
                    yield break;
                }
                catch (Exception broken)
                {
                    (failure, more) = (explain(broken).ToEvent(), false);
                }
            }
            yield return failure ?? Done;
        }
    }
}

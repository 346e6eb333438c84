// How long one item of a reply may take to send. The host's own limit is a mean over the whole reply, so a client that was fast at first
// could then read nothing for hours. Knows no item's content.
using System.Runtime.CompilerServices;

namespace Majlis.Server.Wire;

/// <param name="Patience">A client that takes longer for one item is disconnected.</param>
sealed record WriteLimit(HttpContext Http, TimeProvider Time, TimeSpan Patience)
{
    /// <summary>The same items. The request for the next item means that the last one was sent.</summary>
    public async IAsyncEnumerable<T> Watch<T>(
        IAsyncEnumerable<T> items, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await using var timer = Time.CreateTimer(_ => Http.Abort(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await foreach (var item in items.WithCancellation(cancellation))
        {
            timer.Change(Patience, Timeout.InfiniteTimeSpan);
            yield return item;
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}

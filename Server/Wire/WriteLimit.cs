// How long one item of a reply may take on its way to the client. The host's own limit is a mean over the whole reply: who was quick at first
// could then read nothing for hours. Knows no item's content.
using System.Runtime.CompilerServices;

namespace Majlis.Server.Wire;

/// <param name="Patience">A reader that takes less than an item in it is cut off.</param>
sealed record WriteLimit(HttpContext Http, TimeProvider Time, TimeSpan Patience)
{
    /// <summary>The same items. Whoever asks for the next one has sent the last.</summary>
    public async IAsyncEnumerable<string> Watch(IAsyncEnumerable<string> items, [EnumeratorCancellation] CancellationToken cancellation = default)
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

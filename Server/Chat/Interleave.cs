// Several streams as one: items in the order they come, each with the number of its stream. Knows nothing of what the items are.
using System.Runtime.CompilerServices;

namespace Majlis.Server.Chat;

static class Interleave
{
    /// <summary>Reads all streams at once; the first failure of one ends all. Every stream is disposed before this one ends.</summary>
    public static async IAsyncEnumerable<(int Stream, T Item)> Streams<T>(IReadOnlyList<IAsyncEnumerable<T>> streams,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var readers = streams.Select(stream => stream.GetAsyncEnumerator(stop.Token)).ToArray();
        var steps = new Task<bool>[readers.Length];
        try
        {
            for (var i = 0; i < readers.Length; i++) steps[i] = readers[i].MoveNextAsync().AsTask();
            var open = Enumerable.Range(0, readers.Length).ToList();
            while (open.Count > 0)
            {
                await Task.WhenAny(open.Select(i => steps[i]));
                // Whoever was served goes to the end of the row, so that a fast stream cannot starve the others.
                var index = open.First(i => steps[i].IsCompleted);
                open.Remove(index);
                if (!await steps[index]) continue;
                open.Add(index);
                yield return (index, readers[index].Current);
                steps[index] = readers[index].MoveNextAsync().AsTask();
            }
        }
        finally
        {
            await stop.CancelAsync();
            // A stream may only be disposed when its last step has ended, however it ended.
            foreach (Task? step in steps)
                if (step is not null) await step.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var reader in readers) await reader.DisposeAsync();
        }
    }
}

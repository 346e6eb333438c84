// Merges several streams into one: items in order of arrival, each with the index of its stream. Knows nothing of the items.
using System.Runtime.CompilerServices;

namespace Majlis.Server.Runs;

static class Interleave
{
    /// <summary>Reads all streams at once. The first failure ends all. Every stream is disposed before this one ends.</summary>
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
                // A stream that was just served goes to the end of the list, so that a fast stream cannot starve the others.
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
            // A stream may be disposed only after its last step has ended, with or without an error.
            foreach (Task? step in steps)
                if (step is not null) await step.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var reader in readers) await reader.DisposeAsync();
        }
    }
}

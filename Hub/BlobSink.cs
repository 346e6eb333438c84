// Writes an answer's bytes into their blob, marks each piece once it is whole, and counts every byte once in the progress.
// Knows nothing of HTTP.
namespace Majlis.Hub;

/// <summary>
/// Takes the bytes from <paramref name="start"/> on: a piece, or all that follows it. A repeated try may send bytes again.
/// </summary>
sealed class BlobSink(PartialBlob blob, long start, HubProgress progress)
{
    // Distances from the start: how far bytes have come, and the start of the first piece that is not known to be whole.
    long furthest;
    long piece;

    public async ValueTask TakeAsync(long at, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        await blob.WriteAsync(start + at, bytes, stop);
        var end = at + bytes.Length;
        if (end > furthest) progress.Add(end - furthest);
        furthest = Math.Max(furthest, end);
        for (; piece < end && piece + blob.Length(start + piece) <= end; piece += PartialBlob.PartBytes) blob.Finish(start + piece);
    }
}

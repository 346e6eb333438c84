// Where the bytes of an answer go: into their blob, whose pieces are noted as they become whole, and once each into the progress.
// Knows nothing of HTTP.
namespace Majlis.Hub;

/// <summary>Takes what comes from <paramref name="start"/> on: a piece, or all that follows it. A try that begins again may repeat bytes.</summary>
sealed class BlobSink(PartialBlob blob, long start, HubProgress progress)
{
    // Both as distances from the start: how far bytes have come, and where the first piece begins that is not known to be whole.
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

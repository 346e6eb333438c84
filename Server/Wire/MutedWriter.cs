// A connection's writer that can be muted: it sends given last bytes and drops everything written after them. Knows no protocol.
using System.Buffers;
using System.IO.Pipelines;

namespace Majlis.Server.Wire;

sealed class MutedWriter(PipeWriter inner) : PipeWriter
{
    ArrayBufferWriter<byte>? nowhere;

    /// <summary>Sends these bytes at the next flush and drops everything written later.</summary>
    public void Replace(ReadOnlySpan<byte> words)
    {
        inner.Write(words);
        nowhere = new();
    }

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0) => nowhere?.GetMemory(sizeHint) ?? inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => nowhere is null ? inner.GetSpan(sizeHint) : nowhere.GetSpan(sizeHint);

    public override void Advance(int bytes)
    {
        if (nowhere is null) inner.Advance(bytes);
        else nowhere.Advance(bytes);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        nowhere is null ? inner.WriteAsync(source, cancellationToken) : inner.FlushAsync(cancellationToken);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);
}

/// <summary>Both directions of a connection.</summary>
sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;

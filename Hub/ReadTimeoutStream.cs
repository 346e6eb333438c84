// The body of an HTTP answer with a read timeout: a connection that stays open and sends nothing fails, and is retried like a broken
// one. A reader that does not know the length also gets limits on total bytes and time. HttpClient's own timeout ends with the headers.
namespace Majlis.Hub;

sealed class ReadTimeoutStream(Stream body, TimeProvider time, long mostBytes, TimeSpan longest) : Stream
{
    static readonly TimeSpan longestSilence = TimeSpan.FromSeconds(60);

    readonly long start = time.GetTimestamp();
    long count;

    /// <summary>For a reader that knows how many bytes it wants.</summary>
    public static Task<Stream> OfAsync(HttpResponseMessage response, TimeProvider time, CancellationToken stop) =>
        OfAsync(response, time, long.MaxValue, TimeSpan.MaxValue, stop);

    /// <summary>For a reader that reads to the end: reading fails for good beyond the given bytes or time.</summary>
    public static async Task<Stream> OfAsync(HttpResponseMessage response, TimeProvider time, long mostBytes, TimeSpan longest,
        CancellationToken stop) => new ReadTimeoutStream(await response.Content.ReadAsStreamAsync(stop), time, mostBytes, longest);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var silence = new CancellationTokenSource(longestSilence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            var got = await body.ReadAsync(buffer, either.Token);
            count += got;
            if (count > mostBytes)
                throw new HubException($"the hub's answer does not end: {count} bytes came, expected at most {mostBytes}.");
            if (time.GetElapsedTime(start) > longest)
                throw new HubException($"the hub's answer does not end: it took more than {longest.TotalSeconds:0} s.");
            return got;
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"nothing came for {longestSilence.TotalSeconds:0} s");
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush() { }

    protected override void Dispose(bool disposing)
    {
        if (disposing) body.Dispose();
        base.Dispose(disposing);
    }
}

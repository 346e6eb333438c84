// A proxy that makes the installed Redis look like a later one: one command at a time, it reports another version and answers
// WAITAOF, which the installed one does not know. It passes everything else on to the real server.
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Majlis.tests.Feedback;

sealed class RedisOfTheFuture : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stop = new();
    readonly Task accepting;
    readonly int server;
    int awaited;

    public RedisOfTheFuture(int server)
    {
        this.server = server;
        listener.Start();
        accepting = AcceptAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port},protocol=resp2";

    /// <summary>WAITAOF's answer about this server's own disk: 1, or 0 for a timeout.</summary>
    public int Synced { get; set; } = 1;

    /// <summary>Number of WAITAOF calls.</summary>
    public int Awaited => Volatile.Read(ref awaited);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
    }

    async Task AcceptAsync()
    {
        var clients = new List<Task>();
        try
        {
            while (true) clients.Add(ServeAsync(await listener.AcceptTcpClientAsync(stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(clients);
        }
    }

    async Task ServeAsync(TcpClient client)
    {
        using var real = new TcpClient();
        using (client)
        {
            try
            {
                await real.ConnectAsync(IPAddress.Loopback, server, stop.Token);
                var (asks, answers) = (client.GetStream(), real.GetStream());
                while (await ValueAsync(asks) is { } command) await asks.WriteAsync(await AnswerAsync(command, answers), stop.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or IOException or SocketException)
            {
                // The client left, or the test is over.
            }
        }
    }

    async Task<byte[]> AnswerAsync(byte[] command, NetworkStream real)
    {
        var text = Encoding.Latin1.GetString(command);
        if (text.Contains("\r\nWAITAOF\r\n", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref awaited);
            return Encoding.Latin1.GetBytes($"*2\r\n:{Synced}\r\n:0\r\n");
        }
        await real.WriteAsync(command, stop.Token);
        var answer = await ValueAsync(real) ?? throw new IOException("the real server left");
        // The same length, so that the reply's own length stays right.
        var said = Encoding.Latin1.GetString(answer);
        return Encoding.Latin1.GetBytes(said.Replace("redis_version:7.0.", "redis_version:7.2.", StringComparison.Ordinal));
    }

    // One whole value as received, of any type; null at the end of the stream.
    async Task<byte[]?> ValueAsync(NetworkStream from)
    {
        using var bytes = new MemoryStream();
        for (var left = 1; left > 0; left--)
        {
            if (await LineAsync(from, bytes) is not { } line) return null;
            var count = line[0] is '$' or '*' ? int.Parse(line[1..], CultureInfo.InvariantCulture) : -1;
            if (line[0] == '*') left += Math.Max(0, count);
            else if (count >= 0) await CopyAsync(from, bytes, count + 2);
        }
        return bytes.ToArray();
    }

    async Task<string?> LineAsync(NetworkStream from, MemoryStream bytes)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (line.Length < 2 || line[^1] != '\n')
        {
            if (await from.ReadAsync(one, stop.Token) == 0) return null;
            bytes.Write(one);
            line.Append((char)one[0]);
        }
        return line.ToString(0, line.Length - 2);
    }

    async Task CopyAsync(NetworkStream from, MemoryStream bytes, int count)
    {
        var piece = new byte[count];
        await from.ReadExactlyAsync(piece, stop.Token);
        bytes.Write(piece);
    }
}

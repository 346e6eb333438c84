// A client that reads a few bytes at a time holds up only itself: the weights that wrote its answer are free with the last token, and
// every later version is taken meanwhile.
using System.Net;
using System.Net.Sockets;
using System.Text;
using Majlis.Inference;
using Majlis.Server.Models;
using Majlis.tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Server;

public sealed class SlowReaderTests : IDisposable
{
    // Four choices with twenty top log-probabilities per token: more than a connection's buffers hold.
    static readonly string text = string.Concat(Enumerable.Repeat("word by word, ", 45));

    readonly TinyCatalog folder = new();

    // Above the rate below which the host closes a connection.
    const int Sip = 200;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, "[DONE]")]
    [InlineData(false, "\"usage\"")]
    public async Task Two_promotions_in_a_row_are_taken_while_a_client_reads_slowly(bool stream, string end)
    {
        var old = new RecitingNetwork(text);
        await using var server = await RunningServer.StartAsync(TinyModel.Of(old),
            options => options with { Catalog = folder.Path },
            parts => parts with { Open = (_, version, _) => TinyModel.Of(new RecitingNetwork("new"), version) });
        using var client = await AskAsync(server, stream);
        await Eventually.HoldsAsync("the answer is being written", () => old.Steps > 0);

        foreach (var version in new[] { "v2", "v3" })
        {
            folder.Promote(version);
            await Eventually.HoldsAsync($"{version} is served", async () =>
            {
                await ReadAsync(client, Sip);
                server.Part<ModelWatcher>().Look();
                return server.Part<LiveModel>().Current!.Version == version;
            });
        }

        await Eventually.HoldsAsync("the old weights are free", () => old.Disposed);
        var rest = new StringBuilder();
        while (!rest.ToString().Contains(end, StringComparison.Ordinal)) rest.Append(await ReadAsync(client, 1 << 20));
    }

    [Fact]
    public async Task A_client_that_reads_nothing_any_more_is_cut_off_after_a_stated_time()
    {
        var time = new FakeTimeProvider();
        await using var server = await RunningServer.StartAsync(
            TinyModel.Of(new RecitingNetwork(text)), parts: parts => parts with { Time = time });
        using var client = await AskAsync(server, stream: true);
        await Eventually.HoldsAsync("the reply has begun", () => client.Available > 0);
        var patience = server.Engine.Options.ReaderPatience;
        await Eventually.HoldsAsync("the connection is broken off", () =>
        {
            time.Advance(patience / 3);
            return client.Poll(0, SelectMode.SelectError) || client.Poll(TimeSpan.Zero, SelectMode.SelectRead) && IsReset(client);
        });
    }

    // Only the socket's error shows a reset.
    static bool IsReset(Socket client) => (int)client.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! != 0;

    static async Task<Socket> AskAsync(RunningServer server, bool stream)
    {
        var body = RunningServer.ChatBody(new() { ["stream"] = stream, ["n"] = 4, ["logprobs"] = true, ["top_logprobs"] = 20 })
            .ToJsonString();
        // A small window, so that the reply waits in the server and not on the network.
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port, Stop);
        await socket.SendAsync(Encoding.UTF8.GetBytes($"POST /v1/chat/completions HTTP/1.1\r\nHost: {server.Address.Authority}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"), Stop);
        return socket;
    }

    /// <summary>The bytes that have arrived, up to a number; none where none has.</summary>
    static async Task<string> ReadAsync(Socket socket, int most)
    {
        if (most == Sip && socket.Available == 0) return "";
        var buffer = new byte[most];
        var count = await socket.ReceiveAsync(buffer, Stop);
        Assert.True(count > 0, "the server closed the connection");
        return Encoding.UTF8.GetString(buffer, 0, count);
    }

    public void Dispose() => folder.Dispose();
}

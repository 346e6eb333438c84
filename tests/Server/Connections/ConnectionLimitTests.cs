// The ends of connections, with raw sockets: slow senders, idle sockets, too many connections, heads that are too large, and readers that
// read a byte now and then.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Majlis.Server.Connections;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Connections;

public sealed class ConnectionLimitTests
{
    // Kestrel has its own clock, which ticks once a second: the shortest times that it takes.
    static readonly ConnectionLimits hasty = new()
    {
        HeaderPatience = TimeSpan.FromSeconds(1),
        IdlePatience = TimeSpan.FromSeconds(1),
        SlowPatience = TimeSpan.FromSeconds(1.5),
    };

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_body_that_comes_a_byte_at_a_time_is_cut_with_a_reason()
    {
        await using var server = await StartAsync(hasty);
        using var client = await OpenAsync(server, "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
            + "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 408", await EndAsync(client, drip: "x"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_that_do_not_end_are_cut_with_a_reason()
    {
        await using var server = await StartAsync(hasty);
        using var client = await OpenAsync(server, "GET /v1/models HTTP/1.1\r\n");
        Assert.Contains("headers did not come", await EndAsync(client, drip: "a"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_idle_connection_is_closed()
    {
        await using var server = await StartAsync(hasty);
        using var client = await OpenAsync(server, "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", await EndAsync(client), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_that_are_too_large_are_refused_with_a_reason()
    {
        await using var server = await StartAsync(new());
        foreach (var headers in new[] { $"X: {new string('x', 40_000)}\r\n", string.Concat(Enumerable.Repeat("X: y\r\n", 200)) })
        {
            using var client = await OpenAsync(server, $"GET /v1/models HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
            Assert.StartsWith("HTTP/1.1 431", await EndAsync(client), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_client_with_all_its_connections_open_gets_no_more_until_one_ends()
    {
        await using var server = await StartAsync(new() { MostOfClient = 4 });
        var four = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => AnsweredAsync(server)));
        using (var fifth = await OpenAsync(server, "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n"))
            Assert.Equal("", await EndAsync(fifth));
        four[0].Dispose();
        await Eventually.HoldsAsync("a new connection is served", async () =>
        {
            using var next = await OpenAsync(server, "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            return (await EndAsync(next)).StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
        });
        foreach (var client in four) client.Dispose();
    }

    [Fact]
    public async Task A_proxys_connections_are_not_counted_as_one_clients()
    {
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("x")),
            options => options with { BehindProxy = "127.0.0.0/8" },
            parts => parts with { Connections = new() { MostOfClient = 1 } });
        var three = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => AnsweredAsync(server)));
        foreach (var client in three) client.Dispose();
    }

    [Fact]
    public async Task Connections_in_all_have_an_end()
    {
        await using var server = await StartAsync(new() { Most = 3 });
        var three = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => AnsweredAsync(server)));
        using var fourth = await OpenAsync(server, "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Assert.Equal("", await EndAsync(fourth));
        foreach (var client in three) client.Dispose();
    }

    // Their replies are written to the end at once; what they do not read waits on the network's side and in nobody's way.
    [Fact]
    public async Task Clients_that_read_a_byte_now_and_then_cost_no_other_client_anything()
    {
        await using var server = await StartAsync(new(), string.Concat(Enumerable.Repeat("word by word, ", 45)));
        var body = RunningServer.ChatBody(new() { ["stream"] = true }).ToJsonString();
        var slow = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => OpenAsync(server,
            $"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body}")));
        foreach (var client in slow) Assert.Equal(1, await client.ReceiveAsync(new byte[1], Stop));
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, (await server.ChatAsync()).StatusCode);
        await Eventually.HoldsAsync("no answer is held up", () => server.Engine.Progress is { Running: 0, Waiting: 0 });
        foreach (var client in slow) client.Dispose();
    }

    static Task<RunningServer> StartAsync(ConnectionLimits limits, string text = "x") => RunningServer.StartAsync(
        TinyModel.Of(new RecitingNetwork(text)), parts: parts => parts with { Connections = limits });

    static async Task<Socket> OpenAsync(RunningServer server, string sent)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port, Stop);
            await socket.SendAsync(Encoding.ASCII.GetBytes(sent), Stop);
        }
        catch (SocketException)
        {
            // It was closed already; reading tells so too.
        }
        return socket;
    }

    /// <summary>A connection that has had an answer and stays open.</summary>
    static async Task<Socket> AnsweredAsync(RunningServer server)
    {
        var socket = await OpenAsync(server, "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n");
        Assert.True(await socket.ReceiveAsync(new byte[4096], Stop) > 0);
        return socket;
    }

    /// <summary>All that the server says until it ends the connection, while the client sends a little now and then.</summary>
    static async Task<string> EndAsync(Socket client, string? drip = null)
    {
        var (said, buffer, watch) = (new StringBuilder(), new byte[4096], Stopwatch.StartNew());
        while (watch.Elapsed < TimeSpan.FromSeconds(30))
            try
            {
                if (drip is not null && said.Length == 0) await client.SendAsync(Encoding.ASCII.GetBytes(drip), Stop);
                if (drip is not null && !client.Poll(TimeSpan.FromMilliseconds(100), SelectMode.SelectRead)) continue;
                var count = await client.ReceiveAsync(buffer, Stop);
                if (count == 0) return said.ToString();
                said.Append(Encoding.UTF8.GetString(buffer, 0, count));
            }
            catch (SocketException)
            {
                return said.ToString(); // It was reset.
            }
        throw new TimeoutException("The server does not end the connection.");
    }
}

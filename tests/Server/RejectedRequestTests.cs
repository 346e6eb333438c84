// Requests that Kestrel itself rejects, as raw bytes: its status, an error in OpenAI's shape, then the end of the connection.
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Server.Operations;
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Majlis.tests.Server;

public sealed class RejectedRequestTests(ChatServer shared) : IClassFixture<ChatServer>
{
    readonly RunningServer server = shared.Running;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    const string Get = "GET / HTTP/1.1\r\nHost: localhost\r\n";
    const string Post = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

    public static TheoryData<string, int, string> Rejected => new()
    {
        { "nonsense\r\n\r\n", 400, "bad_request" },
        { "GET / HTTP/1.1\r\n\r\n", 400, "bad_request" },
        { $"{Get}Host: other\r\n\r\n", 400, "bad_request" },
        { $"{Get}broken header\r\n\r\n", 400, "bad_request" },
        { "GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "bad_request" },
        { $"{Post}Content-Length: many\r\n\r\n", 400, "bad_request" },
        { "GET * HTTP/1.1\r\nHost: localhost\r\n\r\n", 405, "bad_request" },
        { "GET / HTTP/7.0\r\nHost: localhost\r\n\r\n", 505, "bad_request" },
        { $"GET /{new string('x', 9000)} HTTP/1.1\r\nHost: localhost\r\n\r\n", 414, "uri_too_long" },
        { $"{Get}X: {new string('x', 40_000)}\r\n\r\n", 431, "headers_too_large" },
        { $"{Get}{string.Concat(Enumerable.Range(0, 101).Select(i => $"X{i}: x\r\n"))}\r\n", 431, "headers_too_large" },
        // These reach the application, which refuses them.
        { $"{Post}Content-Length: 20000000\r\n\r\n", 413, "request_too_large" },
        { $"{Post}Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400, "bad_request" },
    };

    [Theory, MemberData(nameof(Rejected))]
    public async Task A_rejected_request_has_an_error_in_its_body(string request, int status, string code)
    {
        var (head, body) = await AskAsync(server.Address, request);
        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json", head, StringComparison.Ordinal);
        Assert.Contains("x-request-id: req_", head, StringComparison.OrdinalIgnoreCase);
        var error = JsonNode.Parse(body)!["error"]!;
        Assert.Equal(("invalid_request_error", code), ((string)error["type"]!, (string)error["code"]!));
        Assert.Matches("^[A-Z].{10}", (string)error["message"]!);
        Assert.DoesNotContain("''", (string)error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_good_request_on_the_same_connection_a_rejected_one_is_told_too()
    {
        const string Good = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
        var said = await SayAsync(server.Address, Good + "nonsense\r\n\r\n");
        Assert.Equal(2, said.Split("HTTP/1.1 ").Length - 1);
        Assert.EndsWith("\"code\":\"bad_request\"}}", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_never_finishes_its_headers_is_told()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(IdSource.Random).AddSingleton(TimeProvider.System).AddSingleton<ServerMetrics>();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromMilliseconds(100);
            kestrel.ConfigureEndpointDefaults(RejectedRequests.Use);
        });
        await using var app = builder.Build();
        RejectedRequests.Watch(app.Services);
        await app.StartAsync(Stop);
        var (head, body) = await AskAsync(new Uri(app.Urls.Single()), "GET / HTTP/1.1\r\nHost: local");
        Assert.StartsWith("HTTP/1.1 408 ", head, StringComparison.Ordinal);
        Assert.Equal("request_timeout", (string)JsonNode.Parse(body)!["error"]!["code"]!);
        await app.StopAsync(Stop);
    }

    static async Task<(string Head, string Body)> AskAsync(Uri server, string request)
    {
        var said = await SayAsync(server, request);
        var end = said.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var (head, body) = (said[..end], said[(end + 4)..]);
        if (head.Contains("Transfer-Encoding: chunked", StringComparison.Ordinal)) body = body.Split("\r\n")[1];
        else Assert.Contains($"Content-Length: {body.Length}", head, StringComparison.Ordinal);
        return (head, body);
    }

    // Everything that the server sends for these bytes, until it closes.
    static async Task<string> SayAsync(Uri server, string bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Port, Stop);
        await client.Client.SendAsync(Encoding.ASCII.GetBytes(bytes), Stop);
        using var said = new MemoryStream();
        await client.GetStream().CopyToAsync(said, Stop);
        return Encoding.UTF8.GetString(said.ToArray());
    }
}

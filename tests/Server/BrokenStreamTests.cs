// A stream that breaks off midway, as clients see it: no client may take half an answer for a whole one.
using System.ClientModel;
using System.Net;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Server.Wire;
using Majlis.tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;
using OpenAI;
using OpenAI.Chat;
using Xunit;

namespace Majlis.tests.Server;

public sealed class BrokenStreamTests
{
    const string Half = "half of ";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_official_client_fails()
    {
        await using var server = await BreakingAsync();
        var seen = "";
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            var chat = Client(server).GetChatClient("current");
            await foreach (var update in chat.CompleteChatStreamingAsync([new UserChatMessage("hello")], cancellationToken: Stop))
                seen += string.Concat(update.ContentUpdate.Select(part => part.Text));
        });
        Assert.Equal(Half, seen);
    }

    [Fact]
    public async Task Semantic_Kernel_fails()
    {
        await using var server = await BreakingAsync();
        var seen = "";
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            var chat = new OpenAIChatCompletionService("current", Client(server));
            await foreach (var piece in chat.GetStreamingChatMessageContentsAsync(new ChatHistory("hello"), cancellationToken: Stop))
                seen += piece.Content;
        });
        Assert.Equal(Half, seen);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("ai-openai")]
    [InlineData("ai-openai-compatible")]
    public async Task JavaScript_clients_read_a_whole_stream_and_fail_on_a_broken_one(string client)
    {
        await using var whole = await RunningServer.StartAsync("the whole answer.");
        Assert.Equal(("the whole answer.", null), await JavaScriptClients.StreamAsync(whole.Address, client));
        await using var breaking = await BreakingAsync();
        var (text, error) = await JavaScriptClients.StreamAsync(breaking.Address, client);
        Assert.Null(text);
        Assert.NotEmpty(error!);
    }

    [Fact]
    public async Task A_battle_breaks_off()
    {
        await using var server = await BreakingAsync(redis: null);
        using var http = await server.StreamAsync("/v1/arena/battles", new()
        {
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "hello" }),
        });
        var events = (await RunningServer.BrokenEventsAsync(http)).ConvertAll(item => JsonNode.Parse(item)!);
        Assert.Equal("arena.battle", (string)events[0]["object"]!);
        Assert.Equal("internal_error", (string)events[^1]["error"]!["code"]!);
        Assert.DoesNotContain(events, item => (string?)item["object"] == "arena.battle.ready");
    }

    /// <summary>
    /// Replies end with the connection (as nginx requests them), so that only a reset tells half an answer from a whole one.
    /// </summary>
    [Fact]
    public async Task Before_HTTP_1_1_the_connection_is_reset()
    {
        await using var server = await BreakingAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port, Stop);
        var body = RunningServer.ChatBody(new() { ["stream"] = true }).ToJsonString();
        await client.Client.SendAsync(Encoding.UTF8.GetBytes(
            $"POST /v1/chat/completions HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"), Stop);
        var said = new byte[1 << 16];
        var reset = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (await client.Client.ReceiveAsync(said, Stop) > 0)
            {
            }
        });
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
    }

    [Fact]
    public async Task An_HTTP_2_stream_is_reset()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, at => at.Protocols = HttpProtocols.Http2));
        await using var app = builder.Build();
        var items = Half.ToAsyncEnumerable().Select(letter => letter is 'o' ? throw new IOException() : new SseItem<string>($"{letter}"));
        app.MapPost("/", (Delegate)((HttpContext http) => EventStream.BeginAsync(items, _ => ApiError.Internal("err_1"),
            new(http, TimeProvider.System, TimeSpan.FromMinutes(1)), EventForm.OpenAI)));
        await app.StartAsync(Stop);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, app.Urls.Single())
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var reply = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        await Assert.ThrowsAnyAsync<HttpProtocolException>(async () =>
        {
            await using var body = await reply.Content.ReadAsStreamAsync(Stop);
            await body.CopyToAsync(Stream.Null, Stop);
        });
        await app.StopAsync(Stop);
    }

    static OpenAIClient Client(RunningServer server) =>
        new(new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = new Uri(server.Address, "v1") });

    static Task<RunningServer> BreakingAsync(string? redis = RunningServer.NoRedis)
    {
        var steps = 0;
        var network = new RecitingNetwork(Half + "an answer.")
        {
            BeforeStep = () =>
            {
                if (++steps > Half.Length) throw new InvalidOperationException("a tensor went missing");
            },
        };
        return RunningServer.StartAsync(TinyModel.Of(network), options => options with { Redis = redis });
    }
}

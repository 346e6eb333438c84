// A server with keys in its embedded store. Knows how to add and revoke them as the commands do.
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Feedback.Store.Access;
using Majlis.Server;
using Majlis.Server.Access;
using Majlis.Server.Wire;
using Xunit;

namespace Majlis.tests.Server.Access;

public sealed class KeyedServer : IAsyncLifetime
{
    /// <summary>The admin key, as the environment would give it.</summary>
    public const string Admin = "the-admin-key-of-these-tests";

    static readonly KeyNote note = new("a test");

    internal RunningServer Running { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Running = await StartAsync();

    public ValueTask DisposeAsync() => Running.DisposeAsync();

    internal static Task<RunningServer> StartAsync(Func<ServerOptions, ServerOptions>? options = null, string? admin = Admin) =>
        RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("One answer.", "Two words.")),
            given => (options ?? (same => same))(given with { Redis = null, AdminKey = new(admin, null) }),
            parts => parts with { Keys = KeyTimes.Default with { Look = TimeSpan.FromMilliseconds(100) } });

    /// <summary>Adds a key or, with a number of uses, an invitation, and gives its text.</summary>
    internal static async Task<string> AddAsync(RunningServer server, string name, string role, TimeSpan? life = null, int? uses = null,
        int? requestsPerMinute = null)
    {
        var (id, text) = KeyText.Make(uses is null ? KeyText.Key : KeyText.Invitation, IdSource.Random);
        var (keys, now) = (server.Part<KeyStore>(), TimeProvider.System.GetUtcNow());
        var key = new AccessKey(id, name, role, (await keys.SecretAsync()).Hash(KeyCheck.Purpose, text), now, now + life)
        {
            Uses = uses,
            RequestsPerMinute = requestsPerMinute,
        };
        Assert.True(await keys.AddAsync(key, note));
        return text;
    }

    internal static async Task RevokeAsync(RunningServer server, string name) =>
        Assert.True(await server.Part<KeyStore>().RevokeAsync(name, TimeProvider.System.GetUtcNow(), note));

    /// <summary>A client that keeps no cookies and sends these headers.</summary>
    internal static HttpClient Client(RunningServer server, params (string Name, string Value)[] headers)
    {
        var client = new HttpClient(new SocketsHttpHandler
        {
            UseCookies = false,
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        })
        { BaseAddress = server.Address };
        foreach (var (name, value) in headers) Assert.True(client.DefaultRequestHeaders.TryAddWithoutValidation(name, value));
        return client;
    }

    internal static HttpClient WithKey(RunningServer server, string key) => Client(server, ("Authorization", $"Bearer {key}"));

    internal static async Task<(HttpStatusCode Status, string? Code, HttpResponseMessage Reply)> SendAsync(
        HttpClient client, HttpMethod method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(client.BaseAddress!.GetLeftPart(UriPartial.Authority) + path));
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        var reply = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var code = reply.IsSuccessStatusCode || text.Length == 0 ? null : (string?)JsonNode.Parse(text)!["error"]!["code"];
        return (reply.StatusCode, code, reply);
    }

    internal static Task<(HttpStatusCode Status, string? Code, HttpResponseMessage Reply)> ChatAsync(HttpClient client) =>
        SendAsync(client, HttpMethod.Post, "/v1/chat/completions", RunningServer.ChatBody().ToJsonString());
}

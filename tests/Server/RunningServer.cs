// A whole server on a free loopback port of this process, around a test's model. Disposing it removes everything it made.
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Feedback.Store;
using Majlis.Inference;
using Majlis.Server;
using Majlis.Server.Models;
using Majlis.tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Majlis.tests.Server;

sealed class RunningServer : IAsyncDisposable
{
    /// <summary>An address where no Redis listens, for tests without votes.</summary>
    public const string NoRedis = "127.0.0.1:1";

    readonly WebApplication app;
    readonly string folder;

    static RunningServer() => Environment.SetEnvironmentVariable("Logging__LogLevel__Default", "Warning");

    RunningServer(WebApplication app, string folder)
    {
        (this.app, this.folder) = (app, folder);
        Address = new Uri(app.Urls.First());
        Http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    public Uri Address { get; }
    public HttpClient Http { get; }
    public Engine Engine => app.Services.GetRequiredService<Engine>();

    public static Task<RunningServer> StartAsync(params string[] texts) => StartAsync(TinyModel.Of(new RecitingNetwork(texts)));

    public static async Task<RunningServer> StartAsync(LoadedModel? model,
        Func<ServerOptions, ServerOptions>? options = null, Func<ServerParts, ServerParts>? parts = null,
        bool waitForVotes = true, Encoders? encoders = null)
    {
        var folder = Directory.CreateTempSubdirectory("majlis-server-").FullName;
        var chosen = new ServerOptions
        {
            Urls = "http://127.0.0.1:0",
            Data = folder,
            Catalog = Path.Combine(folder, "catalog"),
            Redis = NoRedis,
        };
        chosen = options?.Invoke(chosen) ?? chosen;
        // Tests' versions have no files whose size could be told.
        var given = ServerParts.Real with { StorePatience = TimeSpan.FromSeconds(20), Fits = (_, _) => true };
        var app = ServerApp.Build(chosen, model, parts?.Invoke(given) ?? given, encoders);
        await app.StartAsync(TestContext.Current.CancellationToken);
        var server = new RunningServer(app, folder);
        if (waitForVotes && chosen.Redis != NoRedis)
            await Eventually.HoldsAsync("votes are taken", async () => (await server.Part<RedisConnection>().StateAsync()).TakesVotes);
        return server;
    }

    public T Part<T>() where T : notnull => app.Services.GetRequiredService<T>();

    public Task StopAsync() => app.StopAsync();

    /// <summary>The reply to a body given as JSON text.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, string json) =>
        Http.PostAsync(new Uri(path, UriKind.Relative), new StringContent(json, Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken);

    /// <summary>A chat with one user message and further fields of the test.</summary>
    public Task<HttpResponseMessage> ChatAsync(JsonObject? fields = null) =>
        PostAsync("/v1/chat/completions", ChatBody(fields).ToJsonString());

    /// <summary>A streamed chat whose first bytes have arrived and whose rest is pending.</summary>
    public Task<HttpResponseMessage> StreamAsync() => StreamAsync("/v1/chat/completions", ChatBody(new() { ["stream"] = true }));

    public async Task<HttpResponseMessage> StreamAsync(string path, JsonObject body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>The reply to a GET, which must succeed.</summary>
    public async Task<JsonObject> GetAsync(string path)
    {
        var reply = await Http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.True(reply.IsSuccessStatusCode, $"{path}: {reply.StatusCode}");
        return await JsonAsync(reply);
    }

    public static JsonObject ChatBody(JsonObject? fields = null)
    {
        var body = new JsonObject
        {
            ["model"] = "current",
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "hello" }),
            ["temperature"] = 0,
        };
        foreach (var (name, value) in fields ?? []) body[name] = value?.DeepClone();
        return body;
    }

    public static async Task<JsonObject> JsonAsync(HttpResponseMessage reply) =>
        (await reply.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!;

    /// <summary>The error of a refusal, which has OpenAI's four fields.</summary>
    public static async Task<JsonNode> ErrorAsync(HttpResponseMessage reply)
    {
        var error = (await JsonAsync(reply))["error"]!;
        Assert.Equal(["message", "type", "param", "code"], error.AsObject().Select(field => field.Key));
        return error;
    }

    /// <summary>The data of every event of a stream, to its end.</summary>
    public static async Task<List<string>> EventsAsync(HttpResponseMessage reply) =>
        [.. (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split("\n\n",
            StringSplitOptions.RemoveEmptyEntries)
            .Select(item => item["data: ".Length..])];

    /// <summary>The text of a chat's stream that was not broken off.</summary>
    public static string TextOf(List<string> events)
    {
        Assert.Equal("[DONE]", events[^1]);
        return string.Concat(events[..^1].Select(item => (string?)JsonNode.Parse(item)!["choices"]![0]!["delta"]!["content"]));
    }

    /// <summary>The data of every event of a stream that must break off.</summary>
    public static async Task<List<string>> BrokenEventsAsync(HttpResponseMessage reply)
    {
        var events = new List<string>();
        using var reader = new StreamReader(await reply.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        var broken = await Assert.ThrowsAsync<HttpIOException>(async () =>
        {
            while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
                if (line.StartsWith("data: ", StringComparison.Ordinal)) events.Add(line["data: ".Length..]);
        });
        Assert.Equal(HttpRequestError.ResponseEnded, broken.HttpRequestError);
        return events;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        TemporaryFolder.Remove(folder);
    }
}

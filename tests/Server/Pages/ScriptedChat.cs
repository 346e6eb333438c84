// The server's pages before a chat whose answers a test writes, delta by delta. It keeps what the page asked.
using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Majlis.Server.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Majlis.tests.Server.Pages;

sealed class ScriptedChat : IAsyncDisposable
{
    readonly WebApplication app;

    ScriptedChat(WebApplication app) => (this.app, Address) = (app, new Uri(app.Urls.Single()));

    public Uri Address { get; }

    /// <summary>The bodies of all requests, in order.</summary>
    public ConcurrentQueue<JsonObject> Asked { get; private init; } = [];

    /// <param name="answer">The deltas of the answer to a request.</param>
    public static async Task<ScriptedChat> StartAsync(Func<JsonObject, IEnumerable<JsonObject>> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapPages();
        app.MapGet("/openapi.json", () => Json("""
            {"paths": {"/v1/models": {"get": {"summary": "The models.", "x-roles": ["inference"], "responses": {"200": {"content":
             {"application/json": {"schema": {"$ref": "#/components/schemas/List"}}}}}}}}, "components": {"schemas": {"List":
             {"type": "object", "properties": {"object": {"type": "string"}, "data": {"type": "array", "items": {"type": "string"}}}}}}}
            """));
        app.MapGet("/v1/arena/session", () => Json("""{"object":"arena.session","name":"anonymous","roles":["inference","rater"]}"""));
        app.MapGet("/v1/models", () => Json("""{"data":[{"id":"current","version":"scripted","created":1,"votes":0}]}"""));
        var asked = new ConcurrentQueue<JsonObject>();
        app.MapPost("/v1/chat/completions", (JsonObject body) =>
        {
            asked.Enqueue(body);
            return TypedResults.ServerSentEvents(answer(body).Select(Chunk).Append("[DONE]").ToAsyncEnumerable());
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ScriptedChat(app) { Asked = asked };
    }

    /// <summary>A delta that cites, with offsets in code points.</summary>
    public static JsonObject Cites(int start, int end, params JsonObject[] documents) => new()
    {
        ["citations"] = new JsonArray(new JsonObject
        {
            ["start"] = start,
            ["end"] = end,
            ["text"] = "",
            ["sources"] = new JsonArray([.. documents.Select(document => new JsonObject
            {
                ["type"] = "document",
                ["id"] = document["id"]!.DeepClone(),
                ["document"] = document.DeepClone(),
            })]),
        }),
    };

    public static JsonObject Says(string text) => new() { ["content"] = text };

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    static string Chunk(JsonObject delta) => new JsonObject
    {
        ["model"] = "scripted",
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = null }),
    }.ToJsonString();

    static Microsoft.AspNetCore.Http.HttpResults.ContentHttpResult Json(string text) => TypedResults.Content(text, "application/json");
}

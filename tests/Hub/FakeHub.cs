// A hub in the test's own process: huggingface.co's model API and file downloads, with redirects to another host for large files, and
// faults on demand. Knows nothing of the client.
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Majlis.tests.Hub;

sealed class FakeHub : IAsyncDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    readonly WebApplication hub;
    readonly WebApplication storage;
    readonly Dictionary<string, (byte[] Bytes, bool Large)> files = [];

    FakeHub()
    {
        hub = Build();
        storage = Build();
        hub.MapGet("/api/models/{org}/{name}/revision/{revision}", Describe);
        hub.MapGet("/{org}/{name}/resolve/{commit}/{**path}", ResolveAsync);
        storage.MapGet("/store/{**path}", StoreAsync);
    }

    public string Endpoint => hub.Urls.First();

    /// <summary>Requests received, as `METHOD path range`.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Authorization headers that reached the storage host: there must be none.</summary>
    public ConcurrentQueue<string> LeakedTokens { get; } = new();

    /// <summary>Answers in the hub's place where it returns true.</summary>
    public Func<HttpContext, Task<bool>>? Fault { get; set; }

    public string? NeedsToken { get; set; }

    public bool IgnoresRanges { get; set; }

    public string? ChangedTag { get; set; }

    /// <summary>The size that the API lists for every file; null lists its own.</summary>
    public long? Listed { get; set; }

    public static async Task<FakeHub> StartAsync()
    {
        var fake = new FakeHub();
        await fake.hub.StartAsync();
        await fake.storage.StartAsync();
        return fake;
    }

    public void Add(string path, byte[] bytes, bool large = false) => files[path] = (bytes, large);

    public void Add(string path, string text) => Add(path, Encoding.UTF8.GetBytes(text));

    public static string Blob(byte[] bytes, bool large)
    {
        using var hash = IncrementalHash.CreateHash(large ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        if (!large) hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {bytes.Length}\0")));
        hash.AppendData(bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        await storage.DisposeAsync();
    }

    static WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder.Build();
    }

    async Task<IResult> Describe(HttpContext context, string revision)
    {
        if (await RefusedAsync(context)) return Results.Empty;
        if (revision is not ("main" or Commit))
        {
            context.Response.Headers["X-Error-Code"] = "RevisionNotFound";
            return Results.NotFound();
        }
        var siblings = files.Select(file => (JsonNode)new JsonObject
        {
            ["rfilename"] = file.Key,
            ["size"] = Listed ?? file.Value.Bytes.Length,
            ["blobId"] = Blob(file.Value.Bytes, large: false),
            ["lfs"] = file.Value.Large
                ? new JsonObject
                {
                    ["sha256"] = Blob(file.Value.Bytes, true),
                    ["size"] = Listed ?? file.Value.Bytes.Length,
                    ["pointerSize"] = 130,
                }
                : null,
        });
        return Results.Text(new JsonObject
        {
            ["id"] = "org/model",
            ["sha"] = Commit,
            ["siblings"] = new JsonArray([.. siblings])
        }.ToJsonString(), "application/json");
    }

    async Task ResolveAsync(HttpContext context, string path)
    {
        if (await RefusedAsync(context)) return;
        if (!files.TryGetValue(path, out var file))
        {
            context.Response.StatusCode = 404;
            return;
        }
        context.Response.Headers["X-Repo-Commit"] = Commit;
        if (!file.Large)
        {
            context.Response.Headers.ETag = $"\"{ChangedTag ?? Blob(file.Bytes, false)}\"";
            await SendAsync(context, file.Bytes);
            return;
        }
        context.Response.Headers["X-Linked-ETag"] = $"\"{ChangedTag ?? Blob(file.Bytes, true)}\"";
        context.Response.Headers["X-Linked-Size"] = file.Bytes.Length.ToString(CultureInfo.InvariantCulture);
        context.Response.StatusCode = 302;
        context.Response.Headers.Location = $"{storage.Urls.First()}/store/{path}";
    }

    async Task StoreAsync(HttpContext context, string path)
    {
        Note(context);
        if (context.Request.Headers.Authorization is { Count: > 0 } leaked) LeakedTokens.Enqueue(leaked.ToString());
        if (Fault is { } fault && await fault(context)) return;
        context.Response.Headers.ETag = "\"of-the-storage\"";
        await SendAsync(context, files[path].Bytes);
    }

    async Task SendAsync(HttpContext context, byte[] bytes)
    {
        var (from, to) = (0, bytes.Length - 1);
        if (!IgnoresRanges && context.Request.GetTypedHeaders().Range?.Ranges.SingleOrDefault() is { } range)
        {
            (from, to) = ((int)range.From!, (int)Math.Min(range.To!.Value, bytes.Length - 1));
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {from}-{to}/{bytes.Length}";
        }
        context.Response.ContentLength = to - from + 1;
        await context.Response.Body.WriteAsync(bytes.AsMemory(from, to - from + 1));
    }

    async Task<bool> RefusedAsync(HttpContext context)
    {
        Note(context);
        if (Fault is { } fault && await fault(context)) return true;
        if (NeedsToken is null || context.Request.Headers.Authorization == $"Bearer {NeedsToken}") return false;
        context.Response.StatusCode = 401;
        return true;
    }

    void Note(HttpContext context) =>
        Requests.Enqueue($"{context.Request.Method} {context.Request.Path} {context.Request.Headers.Range}".Trim());
}

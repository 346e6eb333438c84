// Pulling a model from the hub: which files are taken, where they lie, what is requested again, and the words of refusals.
using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipelines;
using Majlis.Hub;
using Majlis.tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Hub;

public sealed class HubPullTests : IAsyncLifetime
{
    const int Piece = 8 << 20;

    readonly TemporaryFolder folder = new();
    readonly ConcurrentQueue<TimeSpan> waits = new();
    readonly byte[] weights = new byte[2 * Piece + 1000];
    FakeHub hub = null!;

    public async ValueTask InitializeAsync()
    {
        new Random(1).NextBytes(weights);
        hub = await StartHubAsync();
    }

    async Task<FakeHub> StartHubAsync()
    {
        var started = await FakeHub.StartAsync();
        started.Add("config.json", "{}");
        started.Add("tokenizer.json", "{\"a\":1}");
        started.Add("model.safetensors", weights, large: true);
        started.Add("pytorch_model.bin", [1], large: true);
        started.Add("README.md", "words");
        started.Add("onnx/model.onnx", [2], large: true);
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_model_lies_where_huggingface_hub_would_put_it()
    {
        var path = await PullAsync("org/model");
        Assert.Equal(folder.File("models--org--model", "snapshots", FakeHub.Commit), path);
        Assert.Equal(["config.json", "model.safetensors", "tokenizer.json"], Directory.EnumerateFiles(path).Select(Path.GetFileName)
            .Order());
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(path, "model.safetensors")));
        Assert.Equal($"../../blobs/{FakeHub.Blob(weights, true)}", new FileInfo(Path.Combine(path, "model.safetensors")).LinkTarget);
        Assert.Equal(FakeHub.Commit, File.ReadAllText(folder.File("models--org--model", "refs", "main")));
        Assert.Equal(3, Directory.EnumerateFiles(folder.File("models--org--model", "blobs")).Count());
        Assert.Equal(3, hub.Requests.Count(request => request.StartsWith("GET /store/model.safetensors bytes=", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_is_in_the_cache_is_not_asked_for_again()
    {
        await PullAsync("org/model");
        hub.Requests.Clear();
        await PullAsync("org/model@main");
        Assert.Equal(["GET /api/models/org/model/revision/main"], hub.Requests);
    }

    [Fact]
    public async Task A_killed_pull_goes_on_where_it_was()
    {
        using var stop = new CancellationTokenSource();
        hub.Fault = async context =>
        {
            if (!context.Request.Headers.Range.ToString().StartsWith($"bytes={Piece}-", StringComparison.Ordinal)) return false;
            await stop.CancelAsync();
            return true;
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PullUntilAsync("org/model", stop.Token));
        var have = File.ReadAllLines(Directory.EnumerateFiles(folder.File("models--org--model", "blobs"), "*.pieces").First(path =>
            new FileInfo(path).Length > 0 && File.ReadAllText(path).StartsWith($"{weights.Length} ", StringComparison.Ordinal))).Skip(1)
            .ToArray();
        // A new hub, since what the killed pull had requested may still arrive at the first.
        await using var second = await StartHubAsync();
        var path = await PullAsync("org/model", endpoint: second.Endpoint);
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(path, "model.safetensors")));
        Assert.All(have, start =>
            Assert.DoesNotContain(second.Requests, request =>
            request.Contains($"/store/model.safetensors bytes={start}-", StringComparison.Ordinal)));
        Assert.Equal(3 - have.Length, second.Requests.Count(request =>
            request.Contains("/store/model.safetensors", StringComparison.Ordinal)));
        Assert.Empty(Directory.EnumerateFiles(folder.File("models--org--model", "blobs"), "*.majlis*"));
    }

    [Fact]
    public async Task The_token_goes_to_the_hub_and_to_nobody_else()
    {
        hub.NeedsToken = "hf_secret";
        var refused = await Assert.ThrowsAsync<HubException>(() => PullAsync("org/model"));
        Assert.Contains("set HF_TOKEN", refused.Message, StringComparison.Ordinal);
        Assert.Contains("does not accept the token",
            (await Assert.ThrowsAsync<HubException>(() => PullAsync("org/model", token: "wrong"))).Message, StringComparison.Ordinal);
        await PullAsync("org/model", token: "hf_secret");
        Assert.Empty(hub.LeakedTokens);
    }

    [Fact]
    public async Task A_busy_hub_is_asked_again_when_it_says()
    {
        var busy = 2;
        hub.Fault = context =>
        {
            if (Interlocked.Decrement(ref busy) < 0) return Task.FromResult(false);
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "7";
            return Task.FromResult(true);
        };
        await PullAsync("org/model");
        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7)], waits);
        hub.Fault = context =>
        {
            context.Response.StatusCode = 503;
            return Task.FromResult(true);
        };
        waits.Clear();
        Assert.Contains("6 tries", (await Assert.ThrowsAsync<HubException>(() => PullAsync("org/model"))).Message,
            StringComparison.Ordinal);
        Assert.Equal([1, 2, 4, 8, 16], waits.Select(wait => (int)wait.TotalSeconds));
    }

    [Fact]
    public async Task A_body_cut_short_is_fetched_again()
    {
        var cuts = 2;
        hub.Fault = async context =>
        {
            if (!context.Request.Path.StartsWithSegments("/store") || Interlocked.Decrement(ref cuts) < 0) return false;
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = context.Request.Headers.Range.ToString().Replace("bytes=", "bytes ",
                StringComparison.Ordinal) + $"/{weights.Length}";
            context.Response.ContentLength = 1000;
            await context.Response.Body.WriteAsync(new byte[500]);
            context.Abort();
            return true;
        };
        var path = await PullAsync("org/model");
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(path, "model.safetensors")));
        Assert.Equal(2, waits.Count);
    }

    [Fact]
    public async Task A_changed_file_is_refused()
    {
        hub.ChangedTag = new string('f', 64);
        Assert.Contains("pull again", (await Assert.ThrowsAsync<HubException>(() => PullAsync("org/model"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_bytes_never_get_the_name()
    {
        var lie = true;
        hub.Fault = async context =>
        {
            if (!lie || !context.Request.Path.StartsWithSegments("/store")) return false;
            var range = context.Request.Headers.Range.ToString()["bytes=".Length..];
            var ends = range.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToArray();
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {range}/{weights.Length}";
            await context.Response.Body.WriteAsync(new byte[ends[1] - ends[0] + 1]);
            return true;
        };
        Assert.Contains("sha256", (await Assert.ThrowsAsync<HubException>(() => PullAsync("org/model"))).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("models--org--model", "blobs", FakeHub.Blob(weights, true))));
        Assert.False(Directory.Exists(folder.File("models--org--model", "snapshots", FakeHub.Commit)));
        lie = false;
        await PullAsync("org/model");
    }

    [Fact]
    public async Task A_server_without_ranges_gives_the_same_file()
    {
        hub.IgnoresRanges = true;
        var path = await PullAsync("org/model");
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(path, "model.safetensors")));
        // One answer is read to its end: asking for the second piece would get the first again.
        Assert.Single(hub.Requests, request => request.StartsWith("GET /store/model.safetensors", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_body_that_stays_silent_is_fetched_again()
    {
        await using var other = await FakeHub.StartAsync();
        other.Add("tiny.gguf", [1, 2, 3], large: true);
        using var over = new CancellationTokenSource();
        var asked = 0;
        other.Fault = async context =>
        {
            if (!context.Request.Path.StartsWithSegments("/store") || Interlocked.Increment(ref asked) > 1) return false;
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = "bytes 0-2/3";
            context.Response.ContentLength = 3;
            await context.Response.Body.WriteAsync(new byte[1]);
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, over.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            context.Abort();
            return true;
        };
        var time = new FakeTimeProvider();
        var pull = PullAsync("org/model", endpoint: other.Endpoint, time: time);
        await Eventually.HoldsAsync("it is asked for again", () =>
        {
            if (Volatile.Read(ref asked) == 1) time.Advance(TimeSpan.FromSeconds(61));
            return Volatile.Read(ref asked) == 2;
        });
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(await pull, TestContext.Current.CancellationToken));
        await over.CancelAsync();
    }

    [Fact]
    public async Task A_size_that_no_disk_has_is_refused_in_words()
    {
        hub.Listed = long.MaxValue;
        Assert.Contains("more than any model has", (await Assert.ThrowsAsync<HubException>(() => PullAsync("org/model"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_come_twice_are_progress_once()
    {
        var progress = new HubProgress(100, new FakeTimeProvider());
        using var blob = PartialBlob.Open(new HubFile("a", 100, new string('0', 40), IsLarge: false), folder.File("a"));
        var sink = new BlobSink(blob, 0, progress);
        await sink.TakeAsync(0, new byte[60], TestContext.Current.CancellationToken);
        await sink.TakeAsync(0, new byte[50], TestContext.Current.CancellationToken);
        Assert.Contains("(60 %)", progress.ToString(), StringComparison.Ordinal);
        await sink.TakeAsync(50, new byte[50], TestContext.Current.CancellationToken);
        Assert.Contains("(100 %)", progress.ToString(), StringComparison.Ordinal);
        Assert.Empty(blob.Missing);
    }

    [Theory]
    [InlineData("org/model@nowhere", "no such revision")]
    [InlineData("nobody", "ORG/NAME")]
    [InlineData("../x/y", "ORG/NAME")]
    [InlineData("org/mo--del", "ORG/NAME")]
    public async Task A_wrong_name_is_said_in_words(string name, string expected) =>
        Assert.Contains(expected, (await Assert.ThrowsAsync<HubException>(() => PullAsync(name))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(401, null, "set HF_TOKEN")]
    [InlineData(403, "GatedRepo", "gated")]
    [InlineData(404, "RepoNotFound", "no such model")]
    [InlineData(418, null, "418")]
    public async Task A_refusal_is_said_in_words(int status, string? code, string expected)
    {
        hub.Fault = context =>
        {
            context.Response.StatusCode = status;
            if (code is not null) context.Response.Headers["X-Error-Code"] = code;
            return Task.FromResult(true);
        };
        Assert.Contains(expected, (await Assert.ThrowsAsync<HubException>(() => PullAsync("org/model"))).Message, StringComparison.Ordinal);
        Assert.Empty(waits);
    }

    [Fact]
    public async Task Of_several_ggufs_one_must_be_named()
    {
        await using var other = await FakeHub.StartAsync();
        other.Add("tiny.Q4_K_M.gguf", [1, 2, 3], large: true);
        other.Add("tiny.Q8_0.gguf", [4, 5, 6], large: true);
        other.Add("README.md", "words");
        var refused = await Assert.ThrowsAsync<HubException>(() => PullAsync("org/model", endpoint: other.Endpoint));
        Assert.Contains("tiny.Q8_0.gguf", refused.Message, StringComparison.Ordinal);
        var path = await PullAsync("org/model:q8_0", endpoint: other.Endpoint);
        Assert.Equal("tiny.Q8_0.gguf", Path.GetFileName(path));
        Assert.Equal([4, 5, 6], File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Without_the_hub_the_last_pull_is_used()
    {
        var path = await PullAsync("org/model");
        Assert.Equal(path, await PullAsync("org/model", endpoint: "http://127.0.0.1:9"));
        Assert.Equal([1, 2], waits.Select(wait => (int)wait.TotalSeconds));
        Assert.Equal(path, await PullAsync("org/model", offline: true));
        Assert.Contains("HF_HUB_OFFLINE", (await Assert.ThrowsAsync<HubException>(() => PullAsync("org/other", offline: true))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_hub_no_other_quantisation_is_taken_for_the_one_that_is_named()
    {
        await using var other = await FakeHub.StartAsync();
        other.Add("Q8_0/tiny.Q4_K_M.gguf", [1, 2, 3], large: true);
        other.Add("mmproj-Q8_0.gguf", [4, 5, 6], large: true);
        var path = await PullAsync("org/model:Q4_K_M", endpoint: other.Endpoint);
        Assert.Equal(path, await PullAsync("org/model:Q4_K_M", offline: true));
        File.Copy(path, Path.Combine(folder.Path, "models--org--model", "snapshots", FakeHub.Commit, "mmproj-Q8_0.gguf"));
        var missing = await Assert.ThrowsAsync<HubException>(() => PullAsync("org/model:Q8_0", offline: true));
        Assert.Contains("org/model:Q8_0@main: HF_HUB_OFFLINE is set", missing.Message, StringComparison.Ordinal);
        Assert.Equal(path, await PullAsync("org/model", offline: true));
    }

    [Fact]
    public async Task Without_the_hub_one_of_several_quantisations_must_be_named_as_with_it()
    {
        await using var other = await FakeHub.StartAsync();
        other.Add("tiny.Q4_0.gguf", [1, 2, 3], large: true);
        other.Add("tiny.Q4_K_M.gguf", [4, 5, 6], large: true);
        other.Add("tiny.Q8_0-00001-of-00002.gguf", [7], large: true);
        other.Add("tiny.Q8_0-00002-of-00002.gguf", [8], large: true);
        foreach (var one in new[] { "Q4_0", "Q4_K_M", "Q8_0" }) await PullAsync($"org/model:{one}", endpoint: other.Endpoint);
        foreach (var name in new[] { "org/model", "org/model:Q4" })
        {
            var online = await Assert.ThrowsAsync<HubException>(() => PullAsync(name, endpoint: other.Endpoint));
            var offline = await Assert.ThrowsAsync<HubException>(() => PullAsync(name, offline: true));
            var unreachable = await Assert.ThrowsAsync<HubException>(() => PullAsync(name, endpoint: "http://127.0.0.1:9"));
            Assert.Equal(online.Message, offline.Message);
            Assert.Equal(online.Message, unreachable.Message);
            Assert.Contains("tiny.Q4_0.gguf, tiny.Q4_K_M.gguf", offline.Message, StringComparison.Ordinal);
        }
        Assert.Equal("tiny.Q8_0-00001-of-00002.gguf", Path.GetFileName(await PullAsync("org/model:Q8_0", offline: true)));
    }

    [Fact]
    public async Task A_listing_without_an_end_has_one()
    {
        await using var other = await FakeHub.StartAsync();
        var asked = 0;
        other.Fault = async context =>
        {
            Interlocked.Increment(ref asked);
            var piece = new string('a', 1 << 20);
            await context.Response.WriteAsync("{\"sha\": \"");
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.WriteAsync(piece, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        var refused = await Assert.ThrowsAsync<HubException>(() => PullAsync("org/model", endpoint: other.Endpoint));
        Assert.Contains("expected at most 67108864", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task An_answer_that_comes_in_drops_has_an_end_too()
    {
        var (time, pipe) = (new FakeTimeProvider(), new Pipe());
        using var response = new HttpResponseMessage { Content = new StreamContent(pipe.Reader.AsStream()) };
        await using var body = await ReadTimeoutStream.OfAsync(response, time, 100, TimeSpan.FromSeconds(300),
            TestContext.Current.CancellationToken);
        async Task<int> DropAsync()
        {
            await pipe.Writer.WriteAsync(new byte[1], TestContext.Current.CancellationToken);
            time.Advance(TimeSpan.FromSeconds(50));
            return await body.ReadAsync(new byte[1], TestContext.Current.CancellationToken);
        }
        for (var drop = 0; drop < 6; drop++) Assert.Equal(1, await DropAsync());
        var refused = await Assert.ThrowsAsync<HubException>(DropAsync);
        Assert.Contains("it took more than 300 s", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "named no commit")]
    [InlineData("{\"sha\": \"" + FakeHub.Commit + "\", \"siblings\": null}", "listed no files")]
    [InlineData("{\"sha\": \"" + FakeHub.Commit + "\", \"siblings\": [7]}", "a file without a name")]
    [InlineData("{\"sha\": \"" + FakeHub.Commit + "\", \"siblings\": [{\"rfilename\": \"a\", \"lfs\": 1}]}", "neither size nor hash")]
    public async Task A_listing_of_another_shape_is_refused_in_words(string listing, string expected)
    {
        await using var other = await FakeHub.StartAsync();
        other.Fault = async context =>
        {
            await context.Response.WriteAsync(listing);
            return true;
        };
        Assert.Contains(expected, (await Assert.ThrowsAsync<HubException>(() => PullAsync("org/model", endpoint: other.Endpoint))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listing_that_leaves_the_repository_is_refused()
    {
        hub.Add("../../outside.json", "{}");
        Assert.Contains("leaves the repository", (await Assert.ThrowsAsync<HubException>(() => PullAsync("org/model"))).Message,
            StringComparison.Ordinal);
    }

    Task<string> PullAsync(string name, string? token = null, string? endpoint = null, bool offline = false, TimeProvider? time = null) =>
        ResolveAsync(name, new HubSettings(endpoint ?? hub.Endpoint, token, folder.Path, offline),
            TestContext.Current.CancellationToken, time);

    Task<string> PullUntilAsync(string name, CancellationToken stop) =>
        ResolveAsync(name, new HubSettings(hub.Endpoint, null, folder.Path, false), stop);

    async Task<string> ResolveAsync(string name, HubSettings settings, CancellationToken stop, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        using var client = new HubClient(settings, time, (delay, _) =>
        {
            waits.Enqueue(delay);
            return Task.CompletedTask;
        });
        return await HubModel.ResolveAsync(name, settings, client, time, null, stop);
    }
}

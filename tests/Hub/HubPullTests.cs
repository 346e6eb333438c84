// Pulling a model from the hub: which files are taken, where they lie, and what is requested again.
using System.Globalization;
using Majlis.Hub;
using Majlis.tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Hub;

public sealed class HubPullTests : HubWorld
{
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
}

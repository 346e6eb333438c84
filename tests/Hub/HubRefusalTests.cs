// What a hub may answer and is refused for: the words of each refusal, and an end to answers without one.
using System.IO.Pipelines;
using Majlis.Hub;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Hub;

public sealed class HubRefusalTests : HubWorld
{
    [Fact]
    public async Task A_changed_file_is_refused()
    {
        hub.ChangedTag = new string('f', 64);
        Assert.Contains("pull again", (await Assert.ThrowsAsync<HubException>(() => PullAsync("org/model"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_size_that_no_disk_has_is_refused_in_words()
    {
        hub.Listed = long.MaxValue;
        Assert.Contains("more than any model has", (await Assert.ThrowsAsync<HubException>(() => PullAsync("org/model"))).Message,
            StringComparison.Ordinal);
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
}

// Requests a minute and at a time: OpenAI's headers and refusals, one count for several servers of one Redis, and each server's own while
// it is away.
using System.Net;
using System.Text.Json.Nodes;
using System.Threading.RateLimiting;
using Majlis.Feedback.Store;
using Majlis.Server.Access;
using Majlis.Server.Limits;
using Majlis.tests.Feedback;
using Majlis.tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Server.Limits;

public sealed class RequestLimitTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_request_too_many_is_refused_with_the_time_to_come_again()
    {
        await using var server = await StartAsync(perMinute: 2);
        foreach (var left in new[] { "1", "0" })
        {
            var reply = await server.ChatAsync();
            Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
            Assert.Equal(("2", left), (Header(reply, "limit"), Header(reply, "remaining")));
            Assert.EndsWith("s", Header(reply, "reset"), StringComparison.Ordinal);
        }
        var refused = await server.ChatAsync();
        var error = (await RunningServer.JsonAsync(refused))["error"]!;
        Assert.Equal((HttpStatusCode.TooManyRequests, "rate_limit_exceeded", "requests"),
            (refused.StatusCode, (string?)error["code"], (string?)error["type"]));
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 30);
        Assert.Equal("0", Header(refused, "remaining"));
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync(new Uri("/health/live", UriKind.Relative), Stop)).StatusCode);
    }

    [Fact]
    public async Task Without_limits_nothing_is_said_of_them()
    {
        await using var server = await StartAsync();
        Assert.DoesNotContain((await server.ChatAsync()).Headers,
            header => header.Key.StartsWith("x-ratelimit", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Requests_at_a_time_are_limited_until_one_ends_and_a_refused_one_is_not_counted()
    {
        using var gate = new Gate();
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("some words") { BeforeStep = gate.Pass }),
            options => options with { Redis = null, Concurrent = 1, RequestsPerMinute = 100 });
        var first = server.ChatAsync();
        await Eventually.HoldsAsync("the first is being answered", () => server.Engine.Progress is { Running: 1 } or { Waiting: 1 });
        var refused = await server.ChatAsync();
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains("1 requests at a time", await refused.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        gate.Open();
        Assert.Equal("99", Header(await first, "remaining"));
        await Eventually.HoldsAsync("the next is answered", async () => (await server.ChatAsync()).StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Servers_of_one_Redis_count_together()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var one = await StartAsync(perMinute: 3, redis.Address);
        await using var two = await StartAsync(perMinute: 3, redis.Address);
        var statuses = new List<HttpStatusCode>();
        foreach (var server in new[] { one, two, one, two, one }) statuses.Add((await server.ChatAsync()).StatusCode);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests,
            HttpStatusCode.TooManyRequests], statuses);
    }

    [Fact]
    public async Task While_the_store_is_away_a_server_counts_alone_and_says_so_once()
    {
        await using var store = await TestStore.StartAsync(StoreKind.Redis);
        using var log = new CollectedLog();
        var time = new FakeTimeProvider();
        await using var limiter = new MinuteLimiter(new(new(2, null)), new(store.Connection), time, new Logger<MinuteLimiter>(log));
        Assert.True((await limiter.AcquireAsync(Request("a"), 1, Stop)).IsAcquired);
        await store.StopAsync();
        var granted = 0;
        for (var i = 0; i < 5; i++) granted += (await AskAsync(limiter, "a")).IsAcquired ? 1 : 0;
        Assert.Equal(2, granted);
        Assert.Contains("counts its own alone", Assert.Single(log.Lines), StringComparison.Ordinal);
        await store.StartAgainAsync();
        await Eventually.HoldsAsync("the store counts again", async () =>
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await AskAsync(limiter, "b");
            return log.Lines.Count == 2;
        });
    }

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task What_the_store_counts_comes_back_one_by_one(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        var meter = new RequestMeter(store.Connection);
        var first = await meter.TakeAsync("a", 2);
        Assert.Equal((true, 1, TimeSpan.Zero), (first.IsGranted, first.Remaining, first.Retry));
        Assert.InRange(first.Reset.TotalSeconds, 29, 30);
        await meter.TakeAsync("a", 2);
        var refused = await meter.TakeAsync("a", 2);
        Assert.Equal((false, 0), (refused.IsGranted, refused.Remaining));
        Assert.InRange(refused.Retry.TotalSeconds, 1, 30);
        Assert.True((await meter.TakeAsync("b", 2)).IsGranted);
        // One comes back every 20 ms.
        for (var i = 0; i < 3000; i++) await meter.TakeAsync("c", 3000);
        await Eventually.HoldsAsync("one has come back", async () => (await meter.TakeAsync("c", 3000)).IsGranted);
    }

    [Fact]
    public async Task A_keys_own_limit_goes_before_the_servers()
    {
        using var log = new CollectedLog();
        await using var limiter = new MinuteLimiter(new(new(100, null)), null, TimeProvider.System, new Logger<MinuteLimiter>(log));
        Assert.True((await AskAsync(limiter, "a", new(1, null))).IsAcquired);
        var refused = await AskAsync(limiter, "a", new(1, null));
        Assert.False(refused.IsAcquired);
        Assert.True(refused.TryGetMetadata(MetadataName.RetryAfter, out var after));
        Assert.InRange(after.TotalSeconds, 1, 60);
        Assert.True((await AskAsync(limiter, "b")).IsAcquired);
        Assert.True((await AskAsync(limiter, "a", new(null, 7))).IsAcquired);
    }

    [Theory]
    [InlineData(0.02, "20ms")]
    [InlineData(8.64, "8.64s")]
    [InlineData(60, "1m0s")]
    public void Durations_are_written_as_OpenAI_writes_them(double seconds, string expected) =>
        Assert.Equal(expected, MinuteLimiter.Duration(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Limits_below_zero_are_told() => Assert.Equal(2,
        new Majlis.Server.ServerOptions { RequestsPerMinute = -1, Concurrent = -1 }.Problems().Count());

    static Task<RunningServer> StartAsync(int perMinute = 0, string? redis = null) => RunningServer.StartAsync(
        TinyModel.Of(new RecitingNetwork("x")),
        options => options with { RequestsPerMinute = perMinute, Redis = redis });

    static string Header(HttpResponseMessage reply, string what) => reply.Headers.GetValues($"x-ratelimit-{what}-requests").Single();

    static ValueTask<RateLimitLease> AskAsync(MinuteLimiter limiter, string key, CallerLimits? own = null) =>
        limiter.AcquireAsync(Request(key, own), 1, Stop);

    static DefaultHttpContext Request(string key, CallerLimits? own = null)
    {
        var http = new DefaultHttpContext { User = Caller.Of("test", "name", Roles.All, (Caller.Key, key)) };
        http.Request.Path = "/v1/models";
        if (own is not null) http.Features.Set(own);
        return http;
    }
}

// A vote store that hangs or is gone: chats go on, votes are told to come again.
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Majlis.Feedback.Store;
using Majlis.tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Server;

public sealed class StoreAwayTests
{
    const string One = "One answer.";
    const string Other = "Two words.";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_vote_store_that_hangs_takes_no_chat_out_of_service()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(); // It accepts connections and never answers.
        var time = new FakeTimeProvider();
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork(One)),
            options => options with { Redis = listener.LocalEndpoint.ToString() },
            parts => parts with { Time = time, StorePatience = TimeSpan.FromSeconds(5) }, waitForVotes: false);
        var asked = server.Http.GetAsync(new Uri("/health/ready", UriKind.Relative), Stop);
        await Eventually.HoldsAsync("readiness is answered", () =>
        {
            time.Advance(TimeSpan.FromMilliseconds(300));
            return asked.IsCompleted;
        });
        var ready = await RunningServer.JsonAsync(await asked);
        Assert.Equal(("ready", false), ((string)ready["status"]!, (bool)ready["votes"]!["taken"]!));
        Assert.Contains("does not answer within 300 ms", (string)ready["votes"]!["says"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_refuses_the_password_takes_no_chat_out_of_service_and_no_reply_repeats_it()
    {
        await using var redis = await RedisServer.StartAsync("--appendonly", "yes", "--appendfsync", "always", "--requirepass", "right");
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork(One)),
            options => options with { Redis = redis.Address, RedisPassword = "s3cret" },
            parts => parts with { StorePatience = TimeSpan.FromSeconds(1) }, waitForVotes: false);
        Assert.Equal(HttpStatusCode.OK, (await server.ChatAsync()).StatusCode);
        var ready = await RunningServer.JsonAsync(await server.Http.GetAsync(new Uri("/health/ready", UriKind.Relative), Stop));
        Assert.Equal(("ready", false), ((string)ready["status"]!, (bool)ready["votes"]!["taken"]!));
        var battle = await server.PostAsync("/v1/arena/battles", """{"messages":[{"role":"user","content":"which?"}]}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, battle.StatusCode);
        Assert.DoesNotContain("s3cret", $"{ready.ToJsonString()}{await battle.Content.ReadAsStringAsync(Stop)}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_vote_store_chats_go_on_votes_wait_and_it_recovers_by_itself()
    {
        var data = Directory.CreateTempSubdirectory("majlis-redis-").FullName;
        var redis = EmbeddedRedis.Start(data);
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork(One, Other)),
            options => options with { Redis = $"127.0.0.1:{redis.Address.Port},password={redis.Address.Password}" });
        var battle = await RunningServer.EventsAsync(await server.PostAsync("/v1/arena/battles",
            """{"messages":[{"role":"user","content":"which?"}]}"""));
        var vote = $"/v1/arena/battles/{(string)JsonNode.Parse(battle[0])!["id"]!}/vote";

        await redis.DisposeAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.ChatAsync()).StatusCode);
        var away = await server.PostAsync(vote, """{"verdict":"a"}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        Assert.NotNull(away.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.ServiceUnavailable,
            (await server.PostAsync("/v1/arena/battles", """{"messages":[{"role":"user","content":"which?"}]}""")).StatusCode);

        await using var back = EmbeddedRedis.Start(data);
        await Eventually.HoldsAsync("the vote is taken", async () =>
            (await server.PostAsync(vote, """{"verdict":"a"}""")).StatusCode == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Conflict, (await server.PostAsync(vote, """{"verdict":"b"}""")).StatusCode);
    }
}

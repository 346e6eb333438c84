// A voter is known by a signed cookie and a hash of their network, without keys. A client can forge neither.
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Feedback.Pairs;
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.Server.Arena;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server;

public sealed class VoterCookieTests : IAsyncDisposable
{
    readonly TemporaryFolder folder = new();
    RunningServer? running;

    [Fact]
    public async Task Voters_made_by_dropping_the_cookie_are_one_source_and_none_has_his_address_kept()
    {
        var server = await StartAsync();
        for (var i = 0; i < 6; i++)
        {
            using var client = Client(server, ("X-Forwarded-For", $"203.0.113.{i}"), ("Forwarded", $"for=203.0.113.{i}"));
            Assert.Equal(HttpStatusCode.OK, (await VoteAsync(client, await BattleAsync(client, $"question {i}?"))).StatusCode);
        }
        var votes = await VotesAsync(server);
        Assert.Equal(6, votes.DistinctBy(vote => vote.Vote.Voter).Count());
        Assert.Single(votes.DistinctBy(vote => vote.Vote.Address));
        Assert.Equal(1, PreferencePairs.Build(votes, new PairOptions { HeldOutPercent = 0, NearIdentical = -1 }).Voters);
        var key = Keys.Battle(votes[0].Battle.Id);
        var stored = await server.Part<RedisConnection>().ReadAsync(database => database.HashGetAsync(key, "vote"));
        Assert.DoesNotContain("127.0.0.1", (string)stored!, StringComparison.Ordinal);
        Assert.DoesNotContain("203.0.113", (string)stored!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cookie_of_the_first_kind_is_still_its_voters()
    {
        var server = await StartAsync();
        var hash = VoterHash.Open(folder.Path);
        using var client = Client(server, ("Cookie", $"majlis_voter=somebody.{hash.Of("cookie:somebody")}"));
        Assert.Equal(HttpStatusCode.OK, (await VoteAsync(client, await BattleAsync(client, "which?"))).StatusCode);
        var vote = Assert.Single(await VotesAsync(server)).Vote;
        Assert.Equal((hash.Of("voter:somebody"), null), (vote.Voter, vote.CookieAge));
    }

    [Fact]
    public async Task A_cookie_says_for_how_long_it_has_been_there_and_an_altered_one_is_none()
    {
        var server = await StartAsync();
        var hash = VoterHash.Open(folder.Path);
        var given = TimeProvider.System.GetUtcNow().AddDays(-3).ToUnixTimeSeconds();
        var signature = hash.Of($"cookie:somebody.{given}");
        using var client = Client(server, ("Cookie", $"majlis_voter=somebody.{given}.{signature}"));
        Assert.Equal(HttpStatusCode.OK, (await VoteAsync(client, await BattleAsync(client, "which?"))).StatusCode);
        var vote = Assert.Single(await VotesAsync(server)).Vote;
        Assert.Equal(hash.Of("voter:somebody"), vote.Voter);
        Assert.InRange(vote.CookieAge!.Value, TimeSpan.FromDays(3), TimeSpan.FromDays(3.01));

        string[] forgeries =
            [$"somebody.{given - 1}.{signature}", $"somebody.{signature}", $"somebody.{given}.", $"{given}.{signature}", "."];
        foreach (var forged in forgeries)
        {
            using var forger = Client(server, ("Cookie", $"majlis_voter={forged}"));
            using var reply = await OpenAsync(forger, "which?");
            Assert.StartsWith("majlis_voter=", Assert.Single(reply.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("person", VoterKinds.Person)]
    [InlineData("scripted", VoterKinds.Scripted)]
    public async Task What_kind_votes_here_is_said_at_the_start(string option, string kind)
    {
        var server = await StartAsync(option);
        using var client = Client(server);
        var id = await BattleAsync(client, "which?");
        Assert.Equal(HttpStatusCode.BadRequest, (await VoteAsync(client, id, """{"verdict":"a","voter_kind":"judge"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await VoteAsync(client, id)).StatusCode);
        Assert.Equal(kind, Assert.Single(await VotesAsync(server)).Vote.VoterKind);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.9.8.7", true)]
    [InlineData("::1", "127.0.0.1", true)]
    [InlineData("::ffff:127.0.0.1", "::1", true)]
    [InlineData("::ffff:198.51.100.7", "198.51.100.7", true)]
    [InlineData("198.51.100.7", "198.51.100.8", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public void Addresses_that_one_client_can_choose_among_are_one(string one, string other, bool same) =>
        Assert.Equal(same, Rater.Network(IPAddress.Parse(one)) == Rater.Network(IPAddress.Parse(other)));

    async Task<RunningServer> StartAsync(string voters = "person") => running = await RunningServer.StartAsync(
        TinyModel.Of(new RecitingNetwork("One answer.", "Two words.")),
        options => options with { Data = folder.Path, Redis = null, Voters = voters });

    static HttpClient Client(RunningServer server, params (string Name, string Value)[] headers)
    {
        var handler = new HttpClientHandler { UseCookies = headers.All(header => header.Name != "Cookie") };
        var client = new HttpClient(handler) { BaseAddress = server.Address };
        foreach (var (name, value) in headers) client.DefaultRequestHeaders.Add(name, value);
        return client;
    }

    static Task<HttpResponseMessage> OpenAsync(HttpClient client, string prompt) =>
        PostAsync(client, "/v1/arena/battles", $$"""{"messages":[{"role":"user","content":"{{prompt}}"}]}""");

    static async Task<string> BattleAsync(HttpClient client, string prompt) =>
        (string)JsonNode.Parse((await RunningServer.EventsAsync(await OpenAsync(client, prompt)))[0])!["id"]!;

    static Task<HttpResponseMessage> VoteAsync(HttpClient client, string id, string body = """{"verdict":"a"}""") =>
        PostAsync(client, $"/v1/arena/battles/{id}/vote", body);

    static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string body) => client.PostAsync(
        new Uri(path, UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);

    static async Task<List<StoredVote>> VotesAsync(RunningServer server)
    {
        var votes = new List<StoredVote>();
        await foreach (var vote in new VoteCursor(server.Part<RedisConnection>()).ReadAsync(0)) votes.Add(vote);
        return votes;
    }

    public async ValueTask DisposeAsync()
    {
        if (running is not null) await running.DisposeAsync();
        folder.Dispose();
    }
}

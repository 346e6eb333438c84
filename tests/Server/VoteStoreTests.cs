// What a server does while votes cannot be stored: chats go on, and readiness and every 503 name the reason.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server;

public sealed class VoteStoreTests
{
    const string Battles = "/v1/arena/battles";
    const string VoteA = """{"verdict":"a"}""";
    const string Battle = """{"messages":[{"role":"user","content":"which?"}]}""";

    [Theory]
    [InlineData(0, "holds 0 bytes, and a voters' key has 32")]
    [InlineData(5, "holds 5 bytes, and a voters' key has 32")]
    [InlineData(33, "holds 33 bytes, and a voters' key has 32")]
    [InlineData(-1, "can neither be read nor made")]
    public async Task A_damaged_voters_key_is_named_and_once_it_is_mended_votes_are_taken(int bytes, string says)
    {
        using var folder = new TemporaryFolder();
        if (bytes < 0) Directory.CreateDirectory(folder.File(VoterHash.FileName));
        else folder.Write(VoterHash.FileName, new byte[bytes]);
        await using var server = await StartAsync(folder.Path);
        Assert.Equal(HttpStatusCode.OK, (await server.ChatAsync()).StatusCode);
        var ready = await ReadyAsync(server);
        Assert.Equal((HttpStatusCode.OK, false), (ready.Status, (bool)ready.Votes["taken"]!));
        Assert.Contains($"voters.key in the data folder {says}", (string)ready.Votes["says"]!, StringComparison.Ordinal);
        foreach (var (path, body) in new[] { (Battles, Battle), ($"{Battles}/btl_any/vote", VoteA) })
            Assert.Contains(says, await UnavailableAsync(await server.PostAsync(path, body)), StringComparison.Ordinal);

        if (bytes < 0) Directory.Delete(folder.File(VoterHash.FileName));
        else folder.Write(VoterHash.FileName, new byte[32]);
        Assert.True((bool)(await ReadyAsync(server)).Votes["taken"]!);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync(await VotePathAsync(server), VoteA)).StatusCode);
    }

    [Fact]
    public async Task A_full_volume_is_said_by_readiness_and_by_each_vote_and_the_vote_that_waited_is_taken()
    {
        using var volume = SmallVolume.Mount(24);
        await using var server = await StartAsync(volume.Path);
        var path = await VotePathAsync(server);
        volume.Fill();
        var said = await UnavailableAsync(await server.PostAsync(path, VoteA));
        Assert.Contains("Only 0 MiB are free on the volume of the data folder", said, StringComparison.Ordinal);
        Assert.DoesNotContain(volume.Path, said, StringComparison.Ordinal);
        Assert.Contains("Only 0 MiB", await UnavailableAsync(await server.PostAsync(Battles, Battle)), StringComparison.Ordinal);
        var ready = await ReadyAsync(server);
        Assert.Equal((HttpStatusCode.OK, false), (ready.Status, (bool)ready.Votes["taken"]!));
        Assert.Contains("Only 0 MiB", (string)ready.Votes["says"]!, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await server.ChatAsync()).StatusCode);

        volume.Free();
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync(path, VoteA)).StatusCode);
        Assert.True((bool)(await ReadyAsync(server)).Votes["taken"]!);
        await server.StopAsync();
    }

    /// <summary>As when the store fails between the vote and the reveal.</summary>
    [Fact]
    public async Task A_vote_whose_answer_was_lost_is_not_said_to_be_lost()
    {
        using var folder = new TemporaryFolder();
        await using var server = await StartAsync(folder.Path);
        var path = await VotePathAsync(server);
        var id = path.Split('/')[4];
        var voter = (await server.Part<BattleStore>().FindAsync(id))!.Rater;
        var vote = new Vote(id, Verdict.A, [], null, voter, VoterKinds.Person, null, false);
        Assert.True((await server.Part<BattleStore>().VoteAsync(vote)).Accepted());
        await server.Part<EmbeddedRedis>().DisposeAsync();

        var said = await UnavailableAsync(await server.PostAsync(path, VoteA));
        Assert.DoesNotContain("nothing was recorded", said, StringComparison.Ordinal);
        Assert.Contains("that is safe, since a vote counts once", said, StringComparison.Ordinal);
        await using var back = EmbeddedRedis.Start(folder.Path);
        await Eventually.HoldsAsync("it is answered", async () =>
            (await server.PostAsync(path, VoteA)).StatusCode == HttpStatusCode.OK);
    }

    static Task<RunningServer> StartAsync(string data) =>
        RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("One answer.", "Two words.")),
            options => options with { Data = data, Redis = null }, waitForVotes: false);

    static async Task<string> VotePathAsync(RunningServer server)
    {
        await Eventually.HoldsAsync("votes are taken", async () => (await server.Part<RedisConnection>().StateAsync()).TakesVotes);
        var events = await RunningServer.EventsAsync(await server.PostAsync(Battles, Battle));
        return $"{Battles}/{(string)JsonNode.Parse(events[0])!["id"]!}/vote";
    }

    static async Task<(HttpStatusCode Status, JsonNode Votes)> ReadyAsync(RunningServer server)
    {
        JsonNode? votes = null;
        var status = HttpStatusCode.OK;
        await Eventually.HoldsAsync("readiness hears from the store in time", async () =>
        {
            var reply = await server.Http.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken);
            (status, votes) = (reply.StatusCode, (await RunningServer.JsonAsync(reply))["votes"]);
            return !((string)votes!["says"]!).Contains("within", StringComparison.Ordinal);
        });
        return (status, votes!);
    }

    static async Task<string> UnavailableAsync(HttpResponseMessage reply)
    {
        var error = (await RunningServer.JsonAsync(reply))["error"]!;
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "feedback_unavailable"), (reply.StatusCode, (string?)error["code"]));
        Assert.NotNull(reply.Headers.RetryAfter);
        return (string)error["message"]!;
    }
}

// A rater and an admin have what is kept of a voter erased; the answer names the versions that learnt from it.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Feedback.Store;
using Majlis.Model.Catalog;
using Xunit;

namespace Majlis.tests.Server;

public sealed class ErasureTests : IDisposable
{
    readonly TinyCatalog folder = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rater_has_everything_of_theirs_erased_and_hears_what_learnt_from_it()
    {
        await using var server = await StartAsync();
        var battle = await VotedBattleAsync(server);
        folder.Promote("v1", votes: [battle, "somebody-elses"]);
        var reply = await DeleteAsync(server, "/v1/arena/me");
        Assert.Equal(("me", true, 1), ((string?)reply["id"], (bool)reply["deleted"]!, (int)reply["erased"]!));
        Assert.Equal(("v1", 1), ((string?)reply["versions"]![0]!["id"], (int)reply["versions"]![0]!["erased_votes"]!));
        Assert.Null(await server.Part<BattleStore>().FindAsync(battle));

        var versions = await RunningServer.JsonAsync(await server.Http.GetAsync(new Uri("/v1/catalog/versions", UriKind.Relative), Stop));
        Assert.Equal((2, 1), ((int)versions["data"]![0]!["votes"]!, (int)versions["data"]![0]!["erased_votes"]!));
    }

    [Fact]
    public async Task After_an_erasure_the_browser_is_somebody_new_and_asking_again_is_no_error()
    {
        await using var server = await StartAsync();
        var before = await RaterOfAsync(server, await VotedBattleAsync(server));
        await DeleteAsync(server, "/v1/arena/me");
        var again = await DeleteAsync(server, "/v1/arena/me");
        Assert.Equal((0, 0), ((int)again["erased"]!, again["versions"]!.AsArray().Count));
        Assert.NotEqual(before, await RaterOfAsync(server, await VotedBattleAsync(server)));
    }

    [Fact]
    public async Task An_admin_erases_by_the_voters_id_and_an_unknown_voter_is_told()
    {
        await using var server = await StartAsync();
        var battle = await VotedBattleAsync(server);
        var voter = await RaterOfAsync(server, battle);
        folder.Promote("v1", votes: [battle]);
        var reply = await DeleteAsync(server, $"/v1/arena/voters/{voter}");
        Assert.Equal((voter, 1, "v1"),
            ((string?)reply["id"], (int)reply["erased"]!, (string?)reply["versions"]![0]!["id"]));
        var unknown = await server.Http.DeleteAsync(new Uri($"/v1/arena/voters/{voter}", UriKind.Relative), Stop);
        Assert.Equal((HttpStatusCode.NotFound, "voter_not_found"),
            (unknown.StatusCode, (string?)(await RunningServer.JsonAsync(unknown))["error"]!["code"]));
        var audit = await RunningServer.JsonAsync(await server.Http.GetAsync(new Uri("/v1/access/audit", UriKind.Relative), Stop));
        var record = Assert.Single(audit["data"]!.AsArray())!;
        Assert.Equal(("erase", voter, "anonymous"), ((string?)record["action"], (string?)record["key"], (string?)record["by"]));
    }

    [Fact]
    public async Task A_foreign_page_erases_nobody()
    {
        await using var server = await StartAsync();
        var battle = await VotedBattleAsync(server);
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/v1/arena/me");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        Assert.Equal(HttpStatusCode.Forbidden, (await server.Http.SendAsync(request, Stop)).StatusCode);
        Assert.NotNull(await server.Part<BattleStore>().FindAsync(battle));
    }

    Task<RunningServer> StartAsync() => RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("One.", "Two.")),
        options => options with { Redis = null, Catalog = folder.Path },
        parts => parts with { Open = (_, version, _) => TinyModel.Of(new RecitingNetwork("One.", "Two."), version) });

    static async Task<string> VotedBattleAsync(RunningServer server)
    {
        var reply = await server.PostAsync("/v1/arena/battles", """{"messages":[{"role":"user","content":"which?"}]}""");
        var id = (string)JsonNode.Parse((await RunningServer.EventsAsync(reply))[0])!["id"]!;
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync($"/v1/arena/battles/{id}/vote", """{"verdict":"a"}""")).StatusCode);
        return id;
    }

    static async Task<string> RaterOfAsync(RunningServer server, string battle) =>
        (await server.Part<BattleStore>().FindAsync(battle))!.Rater;

    static async Task<JsonObject> DeleteAsync(RunningServer server, string path)
    {
        var reply = await server.Http.DeleteAsync(new Uri(path, UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        return await RunningServer.JsonAsync(reply);
    }

    public void Dispose() => folder.Dispose();
}

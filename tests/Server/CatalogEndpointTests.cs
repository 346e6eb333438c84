// The catalogue's doors: versions listed with what they learnt from, promotions and rollbacks by compare-and-swap, and an audit of all.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Catalog;
using Majlis.Server.Catalog;
using Majlis.Server.Models;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server;

public sealed class CatalogEndpointTests : IDisposable
{
    readonly TinyCatalog folder = new();

    ModelCatalog Catalog => new(folder.Path, TimeProvider.System);

    [Fact]
    public async Task A_promotion_and_a_rollback_move_the_pointer_and_are_audited_with_who_and_why()
    {
        await using var server = await StartAsync();
        folder.Promote("v1");
        folder.Promote("v2");
        var back = await MoveAsync(server, "/v1/catalog/rollback", """{"reason":"v2 is rude"}""");
        Assert.Equal(("v1", "v2", 3), ((string?)back["current"], (string?)back["previous"], (int)back["generation"]!));
        var again = await MoveAsync(server, "/v1/catalog/versions/v2/promote");
        Assert.Equal(("v2", "v1", 4), ((string?)again["current"], (string?)again["previous"], (int)again["generation"]!));

        var audit = await ListAsync(server, "/v1/catalog/audit");
        Assert.Equal(["promote v1>v2", "rollback v2>v1 v2 is rude", "promote v1>v2", "promote >v1"], audit["data"]!.AsArray().Select(Said));
        Assert.Equal(["anonymous", "anonymous", "a test", "a test"], audit["data"]!.AsArray().Select(move => (string)move!["by"]!));
        Assert.False((bool)audit["has_more"]!);
    }

    [Fact]
    public async Task The_audit_is_read_in_pages()
    {
        await using var server = await StartAsync();
        foreach (var version in new[] { "v1", "v2", "v3" }) folder.Promote(version);
        var first = await ListAsync(server, "/v1/catalog/audit?limit=2&order=asc");
        Assert.True((bool)first["has_more"]!);
        var second = await ListAsync(server, $"/v1/catalog/audit?limit=2&order=asc&after={first["last_id"]}");
        Assert.Equal(["promote >v1", "promote v1>v2", "promote v2>v3"],
            first["data"]!.AsArray().Concat(second["data"]!.AsArray()).Select(Said));
        Assert.Equal((string?)second["first_id"], (string?)second["last_id"]);
    }

    [Theory]
    [InlineData("/v1/catalog/audit?limit=0", "limit")]
    [InlineData("/v1/catalog/audit?limit=many", "limit")]
    [InlineData("/v1/catalog/audit?order=up", "order")]
    [InlineData("/v1/catalog/audit?after=nothing", "after")]
    [InlineData("/v1/catalog/versions?after=nothing", "after")]
    [InlineData("/v1/catalog/versions?page=2", "page")]
    public async Task A_query_that_means_nothing_is_refused(string path, string param)
    {
        await using var server = await StartAsync();
        Assert.Equal(param, (string?)await RefusedAsync(await GetAsync(server, path), HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Versions_are_listed_with_their_state_newest_first()
    {
        await using var server = await StartAsync();
        foreach (var version in new[] { "v1", "v2", "v3" }) folder.Promote(version);
        Catalog.Prune(keep: 1);
        var versions = (await ListAsync(server, "/v1/catalog/versions"))["data"]!.AsArray();
        Assert.Equal(["v3 current", "v2 previous", "v1 pruned"], versions.Select(version => $"{version!["id"]} {version["state"]}"));
        Assert.All(versions, version => Assert.Equal((0, 0), ((int)version!["votes"]!, (int)version["erased_votes"]!)));
    }

    [Fact]
    public async Task Without_the_vote_store_versions_are_listed_and_moves_wait_for_the_audit()
    {
        await using var server = await StartAsync(redis: RunningServer.NoRedis);
        folder.Promote("v1");
        folder.Promote("v2", votes: ["a-vote"]);
        Assert.Null((await ListAsync(server, "/v1/catalog/versions"))["data"]![0]!["erased_votes"]);
        await MoveAsync(server, "/v1/catalog/rollback");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync(server, "/v1/catalog/audit")).StatusCode);
        Assert.Equal("v1", Catalog.State().Current);
        Assert.Equal(3, Catalog.WaitingMoves().Count);
    }

    [Theory]
    [InlineData("/v1/catalog/versions/v9/promote", "{}", HttpStatusCode.NotFound, "version_not_found")]
    [InlineData("/v1/catalog/versions/..%2Fv1/promote", "{}", HttpStatusCode.NotFound, "version_not_found")]
    [InlineData("/v1/catalog/versions/bad/promote", "{}", HttpStatusCode.Conflict, "catalog_damaged")]
    [InlineData("/v1/catalog/rollback", """{"generation":1}""", HttpStatusCode.Conflict, "pointer_moved")]
    [InlineData("/v1/catalog/rollback", """{"reason":7}""", HttpStatusCode.BadRequest, "invalid_type")]
    [InlineData("/v1/catalog/rollback", """{"why":"x"}""", HttpStatusCode.BadRequest, "unknown_parameter")]
    public async Task A_move_that_cannot_be_is_refused_and_changes_nothing(string path, string body, HttpStatusCode status, string code)
    {
        await using var server = await StartAsync();
        folder.Promote("bad", corrupt: true);
        folder.Promote("v1");
        folder.Promote("v2");
        var before = Catalog.State();
        await RefusedAsync(await server.PostAsync(path, body), status, code);
        Assert.Equal(before, Catalog.State());
    }

    [Fact]
    public async Task Nothing_to_roll_back_to_is_told()
    {
        await using var server = await StartAsync();
        folder.Promote("v1");
        await RefusedAsync(await server.PostAsync("/v1/catalog/rollback", "{}"), HttpStatusCode.Conflict, "no_previous_version");
    }

    [Fact]
    public async Task The_first_promotion_is_rolled_back_to_the_model_that_was_named_and_forth_again()
    {
        using var named = new TemporaryFolder();
        var model = Directory.CreateDirectory(named.File("tiny")).FullName;
        await using var server = await StartAsync(model: model);
        folder.Promote("v1");
        await SaysAsync("v1", "new");
        var back = await MoveAsync(server, "/v1/catalog/rollback");
        Assert.Equal((null, "v1", 2), ((string?)back["current"], (string?)back["previous"], (int)back["generation"]!));
        await SaysAsync("tiny", "as named");
        var forth = await MoveAsync(server, "/v1/catalog/rollback");
        Assert.Equal(("v1", null, 3), ((string?)forth["current"], (string?)forth["previous"], (int)forth["generation"]!));
        await SaysAsync("v1", "new");
        Assert.Equal(["rollback >v1", "rollback v1>", "promote >v1"],
            (await ListAsync(server, "/v1/catalog/audit"))["data"]!.AsArray().Select(Said));

        async Task SaysAsync(string version, string text)
        {
            server.Part<ModelWatcher>().Look();
            var reply = await RunningServer.JsonAsync(await server.ChatAsync());
            Assert.Equal((version, text), ((string)reply["model"]!, (string)reply["choices"]![0]!["message"]!["content"]!));
        }
    }

    [Fact]
    public async Task Promoting_the_current_version_again_keeps_the_previous_one()
    {
        await using var server = await StartAsync();
        folder.Promote("v1");
        folder.Promote("v2");
        var reply = await MoveAsync(server, "/v1/catalog/versions/v2/promote");
        Assert.Equal(("v2", "v1", 2), ((string?)reply["current"], (string?)reply["previous"], (int)reply["generation"]!));
    }

    [Fact]
    public async Task A_read_only_catalogue_is_told_and_the_server_goes_on()
    {
        using var volume = SmallVolume.Mount(8);
        using var there = new TinyCatalog(Path.Combine(volume.Path, "catalog"));
        there.Promote("v1");
        there.Promote("v2");
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("x"), "v2"),
            options => options with { Redis = null, Catalog = there.Path });
        volume.MakeReadOnly();
        await RefusedAsync(await server.PostAsync("/v1/catalog/rollback", "{}"), HttpStatusCode.Conflict, "catalog_read_only");
        Assert.Equal("v2", new ModelCatalog(there.Path, TimeProvider.System).State().Current);
        Assert.Equal(2, (await ListAsync(server, "/v1/catalog/audit"))["data"]!.AsArray().Count);
        Assert.Equal(HttpStatusCode.OK, (await server.ChatAsync()).StatusCode);
    }

    [Fact]
    public async Task On_a_full_volume_the_pointer_stays_and_moves_once_there_is_room()
    {
        using var volume = SmallVolume.Mount(8);
        using var there = new TinyCatalog(Path.Combine(volume.Path, "catalog"));
        there.Promote("v1");
        there.Promote("v2");
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("x"), "v2"),
            options => options with { Redis = null, Catalog = there.Path },
            parts => parts with { Open = (_, version, _) => TinyModel.Of(new RecitingNetwork("new"), version) });
        // Moves that are kept leave the catalogue, and room with them.
        await Eventually.HoldsAsync("both moves are kept", async () =>
            (await ListAsync(server, "/v1/catalog/audit"))["data"]!.AsArray().Count == 2);
        volume.Fill();
        await RefusedAsync(await server.PostAsync("/v1/catalog/rollback", "{}"), HttpStatusCode.ServiceUnavailable, "catalog_unavailable");
        Assert.Equal("v2", new ModelCatalog(there.Path, TimeProvider.System).State().Current);
        volume.Free();
        Assert.Equal("v1", (string?)(await MoveAsync(server, "/v1/catalog/rollback"))["current"]);
        Assert.Equal(3, (await ListAsync(server, "/v1/catalog/audit"))["data"]!.AsArray().Count);
    }

    [Fact]
    public void A_version_made_from_one_that_learnt_from_erased_votes_is_named_too()
    {
        Manifest[] versions =
        [
            new() { Id = "v1", Votes = ["a", "b"], Parents = ["hash-of-the-base"] },
            new() { Id = "v2", Votes = ["c"], Parents = ["v1"] },
            new() { Id = "v3", Votes = ["d", "b/x"], Parents = ["v2", "v1"] },
            new() { Id = "v4", Votes = ["e"] },
        ];
        var touched = VoteLineage.Touched(versions, new HashSet<string> { "a", "b", "c" });
        Assert.Equal(["v1 2 ", "v2 1 v1", "v3 0 v2,v1"],
            touched.Select(version => $"{version.Id} {version.ErasedVotes} {string.Join(',', version.ErasedAncestors)}"));
    }

    Task<RunningServer> StartAsync(string? redis = null, string? model = null) => RunningServer.StartAsync(
        TinyModel.Of(new RecitingNetwork("x")), options => options with { Redis = redis, Catalog = folder.Path, Model = model },
        parts => parts with
        {
            Open = (path, version, _) => TinyModel.Of(new RecitingNetwork(path == model ? "as named" : "new"), version),
            Starter = new Starter(),
        });

    static string Said(JsonNode? move) => $"{move!["action"]} {move["from"]}>{move["to"]} {move["reason"]}".TrimEnd();

    static async Task<JsonObject> MoveAsync(RunningServer server, string path, string? body = null)
    {
        var reply = body is not null ? await server.PostAsync(path, body)
            : await server.Http.PostAsync(new Uri(path, UriKind.Relative), null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        return await RunningServer.JsonAsync(reply);
    }

    static Task<HttpResponseMessage> GetAsync(RunningServer server, string path) =>
        server.Http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    static async Task<JsonObject> ListAsync(RunningServer server, string path)
    {
        var reply = await GetAsync(server, path);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        return await RunningServer.JsonAsync(reply);
    }

    static async Task<JsonNode?> RefusedAsync(HttpResponseMessage reply, HttpStatusCode status, string? code = null)
    {
        var error = (await RunningServer.JsonAsync(reply))["error"]!;
        Assert.Equal((status, code ?? (string?)error["code"]), (reply.StatusCode, (string?)error["code"]));
        return error["param"];
    }

    public void Dispose() => folder.Dispose();
}

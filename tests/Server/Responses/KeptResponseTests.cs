// Responses that are kept: gone on from, read, listed, deleted, cancelled, and erased with their owner.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Feedback.Store;
using Majlis.Feedback.Store.Replies;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Responses;

public sealed class KeptResponseTests(KeepingServer shared) : IClassFixture<KeepingServer>
{
    readonly RunningServer server = shared.Running;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_response_goes_on_from_the_one_before_without_its_instructions()
    {
        var first = await Asked.ReplyAsync(server, """{"input":"one","instructions":"Be kind"}""");
        Assert.True((bool)first["store"]!);
        var second = await Asked.ReplyAsync(server, $$"""{"input":"two","previous_response_id":"{{first["id"]}}"}""");
        var same = await Asked.ReplyAsync(server, $$"""
            {"input":[{"role":"user","content":"one"},{"role":"assistant","content":"{{KeepingServer.Text}}"},
             {"role":"user","content":"two"}]}
            """);
        Assert.Equal((int)same["usage"]!["input_tokens"]!, (int)second["usage"]!["input_tokens"]!);
        Assert.Equal((string?)first["id"], (string?)second["previous_response_id"]);
    }

    [Fact]
    public async Task A_kept_response_is_read_as_it_was_given_whole_or_streamed()
    {
        foreach (var given in new[] { await Asked.ReplyAsync(server), (await Asked.EventsAsync(server))[^1]["response"]!.AsObject() })
            Assert.True(JsonNode.DeepEquals(given, await GetAsync($"{given["id"]}")));
    }

    [Fact]
    public async Task Items_are_listed_in_pages_and_referred_to()
    {
        var first = await Asked.ReplyAsync(server,
            """{"input":[{"role":"user","content":"a"},{"role":"user","content":"b"},{"role":"user","content":"c"}]}""");
        var newest = await GetAsync($"{first["id"]}/input_items?limit=2");
        Assert.Equal(("c b", true), (Texts(newest), (bool)newest["has_more"]!));
        var rest = await GetAsync($"{first["id"]}/input_items?limit=2&after={newest["last_id"]}");
        Assert.Equal(("a", false), (Texts(rest), (bool)rest["has_more"]!));
        Assert.Equal("a b c", Texts(await GetAsync($"{first["id"]}/input_items?order=asc&include[]=message.output_text.logprobs")));

        var again = await Asked.ReplyAsync(server, $$"""
            {"input":[{"type":"item_reference","id":"{{rest["first_id"]}}"},{"type":"item_reference","id":"{{first["output"]![0]!["id"]}}"},
             {"role":"user","content":"d"}]}
            """);
        var items = await GetAsync($"{again["id"]}/input_items?order=asc");
        Assert.Equal($"a {KeepingServer.Text} d", Texts(items));
    }

    [Fact]
    public async Task Items_that_were_sent_twice_have_ids_of_their_own_so_that_pages_end()
    {
        var first = await Asked.ReplyAsync(server, """{"input":"one"}""");
        var body = new JsonObject
        {
            ["previous_response_id"] = (string)first["id"]!,
            ["input"] = new JsonArray(first["output"]![0]!.DeepClone(), new JsonObject { ["role"] = "user", ["content"] = "two" }),
        };
        var again = await Asked.ReplyAsync(server, body.ToJsonString());
        List<string> ids = [];
        for (string? last = null; ids.Count < 10;)
        {
            var page = await GetAsync($"{again["id"]}/input_items?order=asc&limit=1{(last is null ? "" : $"&after={last}")}");
            ids.Add(last = (string)page["last_id"]!);
            if (!(bool)page["has_more"]!) break;
        }
        Assert.Equal((4, 4), (ids.Count, ids.Distinct().Count()));
    }

    [Fact]
    public async Task What_is_deleted_or_was_never_kept_is_unknown()
    {
        var kept = (string)(await Asked.ReplyAsync(server))["id"]!;
        var deleted = await RunningServer.JsonAsync(await server.Http.DeleteAsync(At(kept), Stop));
        Assert.Equal((kept, "response", true), ((string?)deleted["id"], (string?)deleted["object"], (bool)deleted["deleted"]!));
        var unkept = await Asked.ReplyAsync(server, """{"store":false}""");
        Assert.False((bool)unkept["store"]!);
        foreach (var id in new[] { kept, (string)unkept["id"]!, "resp_1", "chatcmpl-1" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync(At(id), Stop)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await server.Http.DeleteAsync(At(id), Stop)).StatusCode);
            var next = await server.PostAsync(Asked.Path, Asked.Body($$"""{"previous_response_id":"{{id}}"}""").ToJsonString());
            Assert.Equal("previous_response_not_found", (string?)(await RunningServer.ErrorAsync(next))["code"]);
        }
    }

    [Fact]
    public async Task A_response_in_the_background_is_asked_for_until_it_is_there()
    {
        var queued = await Asked.ReplyAsync(server, """{"background":true}""");
        Assert.Equal("queued", (string?)queued["status"]);
        JsonObject? now = null;
        await Eventually.HoldsAsync("the response is completed", async () =>
            (string?)(now = await GetAsync($"{queued["id"]}"))["status"] == "completed");
        Assert.Equal(KeepingServer.Text, Asked.TextOf(now!));
        var cancelled = await RunningServer.JsonAsync(await server.PostAsync($"{Asked.Path}/{queued["id"]}/cancel", "{}"));
        Assert.Equal("completed", (string?)cancelled["status"]);
    }

    [Fact]
    public async Task A_response_in_the_background_can_be_cancelled_and_another_cannot()
    {
        using var gate = new Gate();
        await using var slow = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("Slow.") { BeforeStep = gate.Pass }),
            options => options with { Redis = null });
        var queued = await Asked.ReplyAsync(slow, """{"background":true}""");
        var cancelled = await slow.PostAsync($"{Asked.Path}/{queued["id"]}/cancel", "{}");
        gate.Open();
        Assert.Equal("cancelled", (string?)(await RunningServer.JsonAsync(cancelled))["status"]);
        var whole = await Asked.ReplyAsync(server);
        var refused = await server.PostAsync($"{Asked.Path}/{whole["id"]}/cancel", "{}");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Erasing_the_owner_erases_the_response()
    {
        var kept = (string)(await Asked.ReplyAsync(server))["id"]!;
        var store = server.Part<ReplyStore>();
        await store.KeepAsync((await store.FindAsync(ReplyKind.Response, "anonymous", kept))! with { Owner = "voter" });
        Assert.Equal(1, (await server.Part<VoterErasure>().EraseAsync("voter", new("sara"))).Count);
        Assert.Null(await store.FindAsync(ReplyKind.Response, "voter", kept));
    }

    [Fact]
    public async Task With_keep_days_0_nothing_is_kept_and_who_asks_for_it_is_told()
    {
        await using var keepless = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("Yes.")),
            options => options with { Redis = null, KeepDays = 0 }, waitForVotes: false);
        Assert.False((bool)(await Asked.ReplyAsync(keepless))["store"]!);
        var refused = await keepless.PostAsync(Asked.Path, Asked.Body("""{"store":true}""").ToJsonString());
        Assert.Equal("store", (string?)(await RunningServer.ErrorAsync(refused))["param"]);
    }

    static Uri At(string id) => new($"{Asked.Path}/{id}", UriKind.Relative);

    async Task<JsonObject> GetAsync(string path) => await RunningServer.JsonAsync(await server.Http.GetAsync(At(path), Stop));

    static string Texts(JsonNode list) => string.Join(' ', list["data"]!.AsArray().Select(item => (string?)item!["content"]![0]!["text"]));
}

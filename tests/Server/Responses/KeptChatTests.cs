// Stored completions: kept whole and streamed, listed by metadata, read, changed, deleted, and their messages.
using System.ClientModel;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.Json.Nodes;
using OpenAI;
using OpenAI.Chat;
using Xunit;

namespace Majlis.tests.Server.Responses;

public sealed class KeptChatTests(KeepingServer shared) : IClassFixture<KeepingServer>
{
    const string Path = "/v1/chat/completions";

    readonly RunningServer server = shared.Running;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_kept_chat_is_read_with_what_was_asked()
    {
        var id = await KeepAsync("""{"metadata":{"read":"1"},"top_p":0.5,"user":"u"}""");
        var kept = await GetAsync($"/{id}");
        Assert.Equal((KeepingServer.Text, "chat.completion", "1", "0.5", "u"), ((string?)kept["choices"]![0]!["message"]!["content"],
            (string?)kept["object"], (string?)kept["metadata"]!["read"], kept["top_p"]!.ToJsonString(), (string?)kept["input_user"]));
    }

    [Fact]
    public async Task A_streamed_chat_is_kept_as_it_was_streamed()
    {
        var body = RunningServer.ChatBody(new() { ["store"] = true, ["stream"] = true });
        var events = await RunningServer.EventsAsync(await server.PostAsync(Path, body.ToJsonString()));
        var kept = await GetAsync($"/{JsonNode.Parse(events[0])!["id"]}");
        Assert.Equal(RunningServer.TextOf(events), (string?)kept["choices"]![0]!["message"]!["content"]);
        Assert.True((int)kept["usage"]!["completion_tokens"]! > 0);
    }

    [Fact]
    public async Task A_list_is_newest_first_in_pages_and_filtered()
    {
        var ids = new List<string>();
        for (var i = 0; i < 3; i++) ids.Add(await KeepAsync("""{"metadata":{"list":"a","n":"N"}}""".Replace("N", $"{i}",
            StringComparison.Ordinal)));
        await KeepAsync("""{"metadata":{"list":"b"}}""");
        ids.Reverse();
        var first = await GetAsync("?limit=2&metadata[list]=a");
        Assert.Equal((ids[0], ids[1], true), ((string?)first["first_id"], (string?)first["last_id"], (bool)first["has_more"]!));
        var rest = await GetAsync($"?limit=2&metadata[list]=a&after={ids[1]}");
        Assert.Equal((ids[2], 1, false), ((string?)rest["first_id"], rest["data"]!.AsArray().Count, (bool)rest["has_more"]!));
        Assert.Equal(ids[1], (string?)(await GetAsync("?metadata[list]=a&metadata[n]=1&model=tiny&order=asc"))["first_id"]);
        Assert.Equal(ids[1], (string?)(await GetAsync("?metadata[list]=a&metadata[n]=1&model=current&order=asc"))["first_id"]);
        Assert.Empty((await GetAsync("?metadata[list]=a&model=other"))["data"]!.AsArray());
        var lost = await server.Http.GetAsync(new Uri($"{Path}?after=chatcmpl-none", UriKind.Relative), Stop);
        Assert.Equal("after", (string?)(await RunningServer.ErrorAsync(lost))["param"]);
    }

    [Fact]
    public async Task Metadata_is_replaced_and_nothing_else()
    {
        var id = await KeepAsync("""{"metadata":{"old":"1"}}""");
        var before = await GetAsync($"/{id}");
        var after = await RunningServer.JsonAsync(await server.PostAsync($"{Path}/{id}", """{"metadata":{"new":"2"}}"""));
        Assert.Equal("""{"new":"2"}""", after["metadata"]!.ToJsonString());
        Assert.True(JsonNode.DeepEquals(after, await GetAsync($"/{id}")));
        before["metadata"] = after["metadata"]!.DeepClone();
        Assert.True(JsonNode.DeepEquals(before, after));
        var refused = await server.PostAsync($"{Path}/{id}", """{"temperature":1}""");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Messages_are_listed_from_the_oldest_with_their_parts_beside_the_text()
    {
        var id = await KeepAsync("""
            {"messages":[{"role":"system","content":"Be kind"},
             {"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}
            """);
        var list = await GetAsync($"/{id}/messages?limit=1");
        Assert.Equal(($"{id}-0", "Be kind", true),
            ((string?)list["last_id"], (string?)list["data"]![0]!["content"], (bool)list["has_more"]!));
        var next = (await GetAsync($"/{id}/messages?after={id}-0"))["data"]![0]!;
        Assert.Equal(("ab", 2), ((string?)next["content"], next["content_parts"]!.AsArray().Count));
    }

    [Fact]
    public async Task What_is_deleted_or_of_another_kind_is_not_found()
    {
        var id = await KeepAsync("{}");
        Assert.True((bool)(await RunningServer.JsonAsync(await server.Http.DeleteAsync(new Uri($"{Path}/{id}", UriKind.Relative), Stop)))
            ["deleted"]!);
        var response = (string)(await Asked.ReplyAsync(server))["id"]!;
        foreach (var gone in new[] { id, response })
            foreach (var reply in new[]
            {
                await server.Http.GetAsync(new Uri($"{Path}/{gone}", UriKind.Relative), Stop),
                await server.Http.GetAsync(new Uri($"{Path}/{gone}/messages", UriKind.Relative), Stop),
                await server.PostAsync($"{Path}/{gone}", """{"metadata":{}}"""),
                await server.Http.DeleteAsync(new Uri($"{Path}/{gone}", UriKind.Relative), Stop),
            })
            {
                var error = await RunningServer.ErrorAsync(reply);
                Assert.Equal((HttpStatusCode.NotFound, "completion_id", "not_found"),
                    (reply.StatusCode, (string?)error["param"], (string?)error["code"]));
            }
    }

    [Fact, Experimental("OPENAI001")]
    public async Task The_official_client_lists_changes_and_deletes()
    {
        var chat = new OpenAIClient(new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = new Uri(server.Address, "v1") })
            .GetChatClient("current");
        var options = new ChatCompletionOptions { StoredOutputEnabled = true, Metadata = { ["client"] = "official" } };
        var id = (await chat.CompleteChatAsync([new UserChatMessage("hello")], options, Stop)).Value.Id;
        var listing = new ChatCompletionCollectionOptions { Metadata = { ["client"] = "official" } };
        var listed = new List<string>();
        await foreach (var completion in chat.GetChatCompletionsAsync(listing, Stop)) listed.Add(completion.Id);
        Assert.Equal([id], listed);
        Assert.Equal(id, (await chat.UpdateChatCompletionAsync(id, new Dictionary<string, string> { ["k"] = "v" }, Stop)).Value.Id);
        Assert.True((await chat.DeleteChatCompletionAsync(id, Stop)).Value.Deleted);
    }

    async Task<string> KeepAsync(string more)
    {
        var fields = JsonNode.Parse(more)!.AsObject();
        fields["store"] = true;
        return (string)(await RunningServer.JsonAsync(await server.ChatAsync(fields)))["id"]!;
    }

    async Task<JsonObject> GetAsync(string path) =>
        await RunningServer.JsonAsync(await server.Http.GetAsync(new Uri(Path + path, UriKind.Relative), Stop));
}

// A battle from its first event to its reveal, and every reply to a vote, over HTTP and the embedded store.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Xunit;

namespace Majlis.tests.Server;

public sealed class ArenaTests(ArenaServer shared) : IClassFixture<ArenaServer>
{
    readonly RunningServer server = shared.Running;

    [Fact]
    public async Task Two_anonymous_sides_stream_and_the_vote_says_who_was_who()
    {
        var (id, events) = await BattleAsync();
        Assert.Equal("arena.battle", (string)events[0]["object"]!);
        Assert.Equal("arena.battle.ready", (string)events[^1]["object"]!);
        foreach (var side in new[] { "a", "b" })
            Assert.Contains(string.Concat(events.Where(item => (string?)item["side"] == side)
                .Select(item => (string?)item["delta"]!["content"])), new[] { "One answer.", "Two words." });
        Assert.All(events, item => Assert.DoesNotContain("tiny", item.ToJsonString(), StringComparison.Ordinal));

        var reply = await VoteAsync(id, """{"verdict":"a","tags":["short"],"comment":"ok","dwell_ms":1200}""");
        var vote = await RunningServer.JsonAsync(reply);
        Assert.Equal((HttpStatusCode.OK, "a", "tiny"), (reply.StatusCode, (string)vote["verdict"]!,
            (string)vote["sides"]!["b"]!["model"]!));

        var battle = (await server.Part<BattleStore>().FindAsync(id))!;
        Assert.Equal((TinyModel.Hash, "en"), (battle.A.Version, battle.Language));
        Assert.Equal(battle.A.CompletionTokens.Length, battle.A.LogProbabilities.Length);
        Assert.Equal(battle.A.PromptTokens, battle.B.PromptTokens);
        Assert.Contains("<|im_start|>user\nwhich?", TinyText.Tokenizer.Decode(battle.A.PromptTokens, skipSpecialTokens: false),
            StringComparison.Ordinal);
        Assert.DoesNotContain(battle.Rater, reply.RequestMessage!.Headers.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_battle_keeps_every_option_that_shaped_its_answers()
    {
        var (id, _) = await BattleAsync("""
            "temperature":0.7,"top_p":0.9,"top_k":5,"min_p":0.05,"typical_p":0.95,"repetition_penalty":1.1,"frequency_penalty":0.2,
            "presence_penalty":0.3,"seed":7,"min_tokens":1,"max_tokens":9,"ignore_eos":false,"logit_bias":{"3":1.5},"stop":["zzz"],
            "stop_token_ids":[2],"bad_words":["qqq"]
            """);
        var kept = JsonNode.Parse((await server.Part<BattleStore>().FindAsync(id))!.A.SamplingJson)!;
        Assert.Equal((0.7f, 0.9f, 5, 0.05f),
            ((float)kept["temperature"]!, (float)kept["top_p"]!, (int)kept["top_k"]!, (float)kept["min_p"]!));
        Assert.Equal((0.95f, 1.1f, 0.2f, 0.3f), ((float)kept["typical_p"]!, (float)kept["repetition_penalty"]!,
            (float)kept["frequency_penalty"]!, (float)kept["presence_penalty"]!));
        Assert.Equal((1, 9, false, 1.5f), ((int)kept["min_tokens"]!, (int)kept["max_tokens"]!, (bool)kept["ignore_eos"]!,
            (float)kept["logit_bias"]!["3"]!));
        Assert.Equal("""["zzz"] [2] []""",
            string.Join(' ', new[] { "stop", "stop_token_ids", "allowed_token_ids" }.Select(name => kept[name]!.ToJsonString())));
        Assert.NotEmpty(kept["bad_words_token_ids"]!.AsArray());
    }

    [Fact]
    public async Task The_first_verdict_is_final_and_its_retry_hears_the_same()
    {
        var (id, _) = await BattleAsync();
        var first = await VoteAsync(id, """{"verdict":"tie"}""");
        var again = await VoteAsync(id, """{"verdict":"tie"}""");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, again.StatusCode));
        Assert.Equal((await RunningServer.JsonAsync(first)).ToJsonString(), (await RunningServer.JsonAsync(again)).ToJsonString());
        await RefusedAsync(await VoteAsync(id, """{"verdict":"b"}"""), HttpStatusCode.Conflict, "vote_conflict");
    }

    [Fact]
    public async Task A_vote_on_an_unknown_battle_is_told_so() =>
        await RefusedAsync(await VoteAsync("btl_nothing", """{"verdict":"a"}"""), HttpStatusCode.NotFound, "battle_not_found");

    [Fact]
    public async Task Only_the_rater_who_opened_a_battle_votes_on_it()
    {
        var (id, _) = await BattleAsync();
        using var handler = new HttpClientHandler { UseCookies = false };
        using var stranger = new HttpClient(handler) { BaseAddress = server.Address };
        stranger.DefaultRequestHeaders.Add("Cookie", "majlis_voter=somebody.forged");
        using var body = new StringContent("""{"verdict":"a"}""", System.Text.Encoding.UTF8, "application/json");
        var reply = await stranger.PostAsync(new Uri($"/v1/arena/battles/{id}/vote", UriKind.Relative), body,
            TestContext.Current.CancellationToken);
        await RefusedAsync(reply, HttpStatusCode.Forbidden, "not_your_battle");
    }

    [Theory]
    [InlineData("""{"verdict":"c"}""", "verdict", "invalid_value")]
    [InlineData("""{}""", "verdict", "missing_required_parameter")]
    [InlineData("""{"verdict":"a","voter":"me"}""", "voter", "unknown_parameter")]
    [InlineData("""{"verdict":"a","tags":[7]}""", "tags[0]", "invalid_type")]
    [InlineData("""{"verdict":"a","dwell_ms":-1}""", "dwell_ms", "invalid_value")]
    [InlineData("""{"verdict":"a","voter_kind":"scripted"}""", "voter_kind", "unsupported_parameter")]
    [InlineData("""{"verdict":"a","voter_kind":7}""", "voter_kind", "unsupported_parameter")]
    public async Task A_vote_that_says_something_else_is_refused(string body, string param, string code)
    {
        var reply = await VoteAsync("btl_any", body);
        Assert.Equal(param, (string?)await RefusedAsync(reply, HttpStatusCode.BadRequest, code));
    }

    [Theory]
    [InlineData("""{"n":2}""", "n", "unsupported_parameter")]
    [InlineData("""{"temperature":0}""", "temperature", "invalid_value")]
    [InlineData("""{"temperature":0.0001}""", "temperature", "invalid_value")]
    [InlineData("""{"top_k":1}""", "top_k", "invalid_value")]
    [InlineData("""{"top_p":0}""", "top_p", "invalid_value")]
    [InlineData("""{"typical_p":0}""", "typical_p", "invalid_value")]
    [InlineData("""{"min_p":1}""", "min_p", "invalid_value")]
    [InlineData("""{"logit_bias":{"65":100}}""", "logit_bias", "invalid_value")]
    [InlineData("""{"logit_bias":{"65":100,"66":40}}""", "logit_bias", "invalid_value")]
    [InlineData("""{"allowed_token_ids":[65,66],"logit_bias":{"66":-100}}""", "logit_bias", "invalid_value")]
    [InlineData("""{"stream":false}""", "stream", "unsupported_parameter")]
    [InlineData("""{"colour":1}""", "colour", "unknown_parameter")]
    public async Task A_battle_that_would_tell_its_sides_apart_is_refused(string fields, string param, string code)
    {
        var body = JsonNode.Parse(fields)!.AsObject();
        body["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "which?" });
        Assert.Equal(param, (string?)await RefusedAsync(await server.PostAsync("/v1/arena/battles", body.ToJsonString()),
            HttpStatusCode.BadRequest, code));
    }

    [Theory]
    [InlineData("""{"65":100,"66":100}""")]
    [InlineData("""{"65":10,"66":-100}""")]
    public async Task A_bias_that_leaves_a_choice_is_taken(string bias)
    {
        var body = new JsonObject
        {
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "which?" }),
            ["logit_bias"] = JsonNode.Parse(bias),
            ["max_tokens"] = 2,
        };
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/v1/arena/battles", body.ToJsonString())).StatusCode);
    }

    [Fact]
    public async Task A_battle_keeps_the_messages_as_the_client_sent_them()
    {
        const string messages = """
            [{"role":"developer","content":[{"type":"text","text":"Be"},{"type":"text","text":"brief."}]},
             {"role":"user","content":"which?","name":"x"},
             {"role":"assistant","content":null,"refusal":null,
              "tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{ }"}}]},
             {"role":"tool","tool_call_id":"c1","content":[{"type":"text","text":"one"},{"type":"text","text":"two"}]}]
            """;
        var http = await server.PostAsync("/v1/arena/battles", $$"""{"messages":{{messages}}}""");
        var id = (string)JsonNode.Parse((await RunningServer.EventsAsync(http))[0])!["id"]!;
        var kept = (await server.Part<BattleStore>().FindAsync(id))!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(messages), JsonNode.Parse(kept.MessagesJson)), kept.MessagesJson);
        var rewritten = messages.Replace("developer", "system", StringComparison.Ordinal)
            .Replace("""[{"type":"text","text":"Be"},{"type":"text","text":"brief."}]""", "\"Be brief.\"", StringComparison.Ordinal);
        Assert.Equal(PromptHash.Of(rewritten), kept.PromptHash);
    }

    [Theory]
    [InlineData("""{"n":1,"logprobs":false,"top_logprobs":0,"return_token_ids":false,"skip_special_tokens":true}""")]
    [InlineData("""{"include_stop_str_in_output":false}""")]
    [InlineData("""{"stream":true,"stream_options":{"include_usage":false},"verbosity":"medium","store":false}""")]
    public async Task Defaults_are_no_wish_of_a_battle_either(string fields)
    {
        var body = JsonNode.Parse(fields)!.AsObject();
        body["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "which?" });
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/v1/arena/battles", body.ToJsonString())).StatusCode);
    }

    [Fact]
    public async Task The_page_speaks_Arabic_and_English_and_holds_the_vote()
    {
        var page = await ReadAsync("/arena");
        Assert.Contains("dir=\"rtl\"", page, StringComparison.Ordinal);
        Assert.Contains("id=\"forget\"", page, StringComparison.Ordinal);
        Assert.Contains("which answer is better?", await ReadAsync("/pages/arena/words.js"), StringComparison.Ordinal);
        Assert.Contains("HOLD_SECONDS = 5", await ReadAsync("/pages/arena/arena.js"), StringComparison.Ordinal);

        Task<string> ReadAsync(string path) =>
            server.Http.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
    }

    async Task<(string Id, List<JsonObject> Events)> BattleAsync(string? options = null)
    {
        var more = options is null ? "" : $",{options}";
        var http = await server.PostAsync("/v1/arena/battles", $$"""{"messages":[{"role":"user","content":"which?"}]{{more}}}""");
        Assert.Equal(HttpStatusCode.OK, http.StatusCode);
        var events = await RunningServer.EventsAsync(http);
        Assert.Equal("[DONE]", events[^1]);
        var items = events[..^1].Select(item => JsonNode.Parse(item)!.AsObject()).ToList();
        return ((string)items[0]["id"]!, items);
    }

    Task<HttpResponseMessage> VoteAsync(string id, string body) => server.PostAsync($"/v1/arena/battles/{id}/vote", body);

    static async Task<JsonNode?> RefusedAsync(HttpResponseMessage reply, HttpStatusCode status, string code)
    {
        var error = (await RunningServer.JsonAsync(reply))["error"]!;
        Assert.Equal((status, code), (reply.StatusCode, (string?)error["code"]));
        return error["param"];
    }
}

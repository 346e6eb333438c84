// Chat completions over HTTP: whole, streamed, several choices, with every extra a client may ask for.
using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Majlis.tests.Server;

public sealed class ChatReplyTests(ChatServer shared) : IClassFixture<ChatServer>
{
    readonly RunningServer server = shared.Running;

    [Fact]
    public async Task A_whole_reply_has_every_field_of_the_specification()
    {
        var http = await server.ChatAsync();
        var reply = await RunningServer.JsonAsync(http);
        Assert.Equal(HttpStatusCode.OK, http.StatusCode);
        Assert.StartsWith("req_", http.Headers.GetValues("x-request-id").Single());
        Assert.Matches("^chatcmpl-[0-9A-Za-z]{24}$", (string)reply["id"]!);
        Assert.Equal("chat.completion", (string)reply["object"]!);
        Assert.True((long)reply["created"]! > 0);
        Assert.Equal("tiny", (string)reply["model"]!);
        Assert.Equal(TinyModel.Hash, (string)reply["system_fingerprint"]!);
        var choice = reply["choices"]![0]!;
        Assert.Equal("Hello, it is a fine day.", (string)choice["message"]!["content"]!);
        Assert.Equal("assistant", (string)choice["message"]!["role"]!);
        Assert.Equal("stop", (string)choice["finish_reason"]!);
        Assert.True(choice.AsObject().ContainsKey("logprobs"));
        Assert.Null(choice["logprobs"]);
        var usage = reply["usage"]!;
        Assert.Equal((int)usage["total_tokens"]!, (int)usage["prompt_tokens"]! + (int)usage["completion_tokens"]!);
        Assert.NotNull(usage["prompt_tokens_details"]!["cached_tokens"]);
    }

    [Fact]
    public async Task A_stream_begins_with_the_role_and_ends_with_one_finish_and_DONE()
    {
        var http = await server.ChatAsync(new() { ["stream"] = true });
        var events = await RunningServer.EventsAsync(http);
        Assert.Equal("text/event-stream", http.Content.Headers.ContentType!.MediaType);
        Assert.Equal("[DONE]", events[^1]);
        var chunks = events[..^1].Select(item => JsonNode.Parse(item)!).ToList();
        Assert.Equal("assistant", (string)chunks[0]["choices"]![0]!["delta"]!["role"]!);
        Assert.All(chunks, chunk => Assert.Equal("chat.completion.chunk", (string)chunk["object"]!));
        Assert.Single(chunks.Select(chunk => (string)chunk["id"]!).Distinct());
        Assert.Equal("Hello, it is a fine day.", string.Concat(chunks
            .Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["content"])));
        Assert.Equal("stop", (string)chunks[^1]["choices"]![0]!["finish_reason"]!);
        Assert.Empty(chunks[^1]["choices"]![0]!["delta"]!.AsObject());
        Assert.Single(chunks, chunk => chunk["choices"]![0]!["finish_reason"] is not null);
    }

    [Theory]
    [InlineData(false, "Hello, it is a ")]
    [InlineData(true, "Hello, it is a fine")]
    public async Task A_stop_string_is_part_of_the_answer_where_that_is_asked_for(bool included, string said)
    {
        var reply = await RunningServer.JsonAsync(await server.ChatAsync(
            new() { ["stop"] = "fine", ["include_stop_str_in_output"] = included }));
        var choice = reply["choices"]![0]!;
        Assert.Equal((said, "stop"), ((string)choice["message"]!["content"]!, (string)choice["finish_reason"]!));
    }

    [Fact]
    public async Task A_bad_word_may_be_a_special_token()
    {
        var reply = await RunningServer.JsonAsync(await server.ChatAsync(
            new() { ["max_tokens"] = 40, ["bad_words"] = new JsonArray("<|im_end|>") }));
        Assert.Equal(40, (int)reply["usage"]!["completion_tokens"]!);
    }

    [Fact]
    public async Task The_usage_of_a_stream_comes_last_when_asked_for()
    {
        var options = new JsonObject { ["include_usage"] = true };
        var events = await RunningServer.EventsAsync(await server.ChatAsync(new() { ["stream"] = true, ["stream_options"] = options }));
        var chunks = events[..^1].Select(item => JsonNode.Parse(item)!.AsObject()).ToList();
        Assert.Empty(chunks[^1]["choices"]!.AsArray());
        Assert.True((int)chunks[^1]["usage"]!["completion_tokens"]! > 0);
        Assert.All(chunks[..^1], chunk => Assert.True(chunk.ContainsKey("usage") && chunk["usage"] is null));
    }

    [Fact]
    public async Task Obfuscation_makes_chunks_of_one_length()
    {
        var options = new JsonObject { ["include_obfuscation"] = true };
        var events = await RunningServer.EventsAsync(await server.ChatAsync(new() { ["stream"] = true, ["stream_options"] = options }));
        Assert.All(events[..^1].Select(item => JsonNode.Parse(item)!), chunk =>
            Assert.Equal(0,
                (((string?)chunk["choices"]![0]!["delta"]!["content"])?.Length ?? 0) % 16 + ((string)chunk["obfuscation"]!).Length - 16));
    }

    [Fact]
    public async Task Several_choices_come_whole_and_streamed()
    {
        var reply = await RunningServer.JsonAsync(await server.ChatAsync(new() { ["n"] = 3 }));
        Assert.Equal([0, 1, 2], reply["choices"]!.AsArray().Select(choice => (int)choice!["index"]!));
        var events = await RunningServer.EventsAsync(await server.ChatAsync(new() { ["n"] = 2, ["stream"] = true }));
        var choices = events[..^1].Select(item => JsonNode.Parse(item)!["choices"]![0]!).ToList();
        foreach (var index in new[] { 0, 1 })
            Assert.Equal("Hello, it is a fine day.", string.Concat(choices.Where(choice => (int)choice["index"]! == index)
                .Select(choice => (string?)choice["delta"]!["content"])));
    }

    [Fact]
    public async Task Log_probabilities_name_text_bytes_and_rivals()
    {
        var reply = await RunningServer.JsonAsync(await server.ChatAsync(new() { ["logprobs"] = true, ["top_logprobs"] = 2 }));
        var content = reply["choices"]![0]!["logprobs"]!["content"]!.AsArray();
        Assert.Equal("H", (string)content[0]!["token"]!);
        Assert.Equal('H', (char)(int)content[0]!["bytes"]![0]!);
        Assert.InRange((float)content[0]!["logprob"]!, -0.001f, 0);
        Assert.Equal(2, content[0]!["top_logprobs"]!.AsArray().Count);
        Assert.Equal("H", (string)content[0]!["top_logprobs"]![0]!["token"]!);
    }

    [Theory]
    [InlineData("""{"stop_token_ids":[44]}""", "Hello")]
    [InlineData("""{"stop":"it"}""", "Hello, ")]
    [InlineData("""{"stop":["it was","a fine day?","fine"]}""", "Hello, it is a ")]
    [InlineData("""{"stop":["day.!"]}""", ChatServer.Text)]
    [InlineData("""{"max_tokens":9,"stop":["it is"]}""", "Hello, it")]
    public async Task Log_probabilities_are_of_the_text_and_of_nothing_that_stopped_it(string fields, string expected)
    {
        var wishes = JsonNode.Parse(fields)!.AsObject();
        wishes["logprobs"] = true;
        var choice = (await RunningServer.JsonAsync(await server.ChatAsync(wishes)))["choices"]![0]!;
        Assert.Equal((expected, expected), ((string)choice["message"]!["content"]!, Tokens(choice)));
        wishes["stream"] = true;
        var chunks = (await RunningServer.EventsAsync(await server.ChatAsync(wishes)))[..^1]
            .Select(item => JsonNode.Parse(item)!["choices"]![0]!).ToList();
        Assert.Equal((expected, expected), (string.Concat(chunks.Select(chunk => (string?)chunk["delta"]!["content"])),
            string.Concat(chunks.Where(chunk => chunk["logprobs"] is not null).Select(Tokens))));
    }

    static string Tokens(JsonNode choice) =>
        string.Concat(choice["logprobs"]!["content"]!.AsArray().Select(token => (string?)token!["token"]));

    [Fact]
    public async Task Token_ids_are_given_when_asked_for()
    {
        var reply = await RunningServer.JsonAsync(await server.ChatAsync(new() { ["return_token_ids"] = true, ["max_tokens"] = 2 }));
        Assert.Equal([(int)'H', 'e'], reply["choices"]![0]!["token_ids"]!.AsArray().Select(id => (int)id!));
        Assert.Equal((int)reply["usage"]!["prompt_tokens"]!, reply["prompt_token_ids"]!.AsArray().Count);
        Assert.Equal("length", (string)reply["choices"]![0]!["finish_reason"]!);
    }

    [Theory]
    [InlineData("""{"stop":"it"}""", "Hello, ")]
    [InlineData("""{"stop":["nothing","a fine"]}""", "Hello, it is ")]
    [InlineData("""{"max_completion_tokens":5}""", "Hello")]
    [InlineData("""{"logit_bias":{"72":-100},"max_tokens":1}""", "\0")]
    [InlineData("""{"stop_token_ids":[44]}""", "Hello")]
    public async Task Fields_that_shape_the_text_do(string fields, string expected)
    {
        var reply = await RunningServer.JsonAsync(await server.ChatAsync(JsonNode.Parse(fields)!.AsObject()));
        Assert.Equal(expected, (string)reply["choices"]![0]!["message"]!["content"]!);
    }

    [Fact]
    public async Task A_prefix_given_by_the_client_is_continued()
    {
        var reply = await RunningServer.JsonAsync(await server.PostAsync("/v1/chat/completions", """
            {"model":"tiny","temperature":0,"continue_final_message":true,
             "messages":[{"role":"user","content":"hello"},{"role":"assistant","content":"Hello, it"}]}
            """));
        Assert.Equal(" is a fine day.", (string)reply["choices"]![0]!["message"]!["content"]!);
    }

    [Fact]
    public async Task Text_parts_are_one_text_and_developer_means_system()
    {
        var whole = await server.PostAsync("/v1/chat/completions", """
            {"model":"current","temperature":0,"return_token_ids":true,
             "messages":[{"role":"developer","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}
            """);
        var prompt = (await RunningServer.JsonAsync(whole))["prompt_token_ids"]!.AsArray().Select(id => (int)id!).ToArray();
        Assert.Contains("system\na\nb", TinyText.Tokenizer.Decode(prompt, skipSpecialTokens: false), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Documents_go_where_the_models_template_wants_them_or_into_plain_words()
    {
        var fields = new JsonObject
        {
            ["documents"] = new JsonArray(new JsonObject { ["title"] = "Rent", ["text"] = "731 dinars" }),
            ["return_token_ids"] = true,
        };
        Assert.Contains("<document number=\"1\">\nRent\n731 dinars", await PromptAsync(server, fields), StringComparison.Ordinal);
        const string own = "{% for document in documents %}[{{ document.title }}={{ document.text }}]{% endfor %}";
        await using var grounded = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("yes"),
            template: own + TinyText.Template));
        var prompt = await PromptAsync(grounded, fields);
        Assert.StartsWith("[Rent=731 dinars]", prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("<document", prompt, StringComparison.Ordinal);
    }

    static async Task<string> PromptAsync(RunningServer server, JsonObject fields)
    {
        var reply = await RunningServer.JsonAsync(await server.ChatAsync(fields));
        return TinyText.Tokenizer.Decode(reply["prompt_token_ids"]!.AsArray().Select(id => (int)id!).ToArray(), skipSpecialTokens: false);
    }

    [Fact]
    public async Task Arabic_is_written_as_letters()
    {
        await using var arabic = await RunningServer.StartAsync("مرحبا بكم في المجلس");
        var stream = await arabic.ChatAsync(new() { ["stream"] = true });
        var text = await stream.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("\\u", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', text);
        var reply = await RunningServer.JsonAsync(await arabic.ChatAsync());
        Assert.Equal("مرحبا بكم في المجلس", (string)reply["choices"]![0]!["message"]!["content"]!);
    }
}

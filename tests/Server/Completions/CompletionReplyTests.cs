// Completions over HTTP: prompts in four forms continued without a template, whole and streamed, several of each and the best of them.
using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Majlis.tests.Server.Completions;

public sealed class CompletionReplyTests(ChatServer shared) : IClassFixture<ChatServer>
{
    readonly RunningServer server = shared.Running;

    [Fact]
    public async Task A_whole_reply_has_every_field_of_the_specification()
    {
        var http = await AskAsync("""{"prompt":"Hello"}""");
        var reply = await RunningServer.JsonAsync(http);
        Assert.Equal(HttpStatusCode.OK, http.StatusCode);
        Assert.Matches("^cmpl-[0-9A-Za-z]{24}$", (string)reply["id"]!);
        Assert.Equal("text_completion", (string)reply["object"]!);
        Assert.Equal(("tiny", TinyModel.Hash), ((string)reply["model"]!, (string)reply["system_fingerprint"]!));
        Assert.True((long)reply["created"]! > 0);
        var choice = reply["choices"]!.AsArray().Single()!.AsObject();
        Assert.Equal((0, "length", ", it is a fine d"),
            ((int)choice["index"]!, (string)choice["finish_reason"]!, (string)choice["text"]!));
        Assert.True(choice.ContainsKey("logprobs") && choice["logprobs"] is null);
        Assert.Equal((5, 16, 21), Usage(reply));
    }

    [Theory]
    [InlineData(""" "Hello" """, ", it is a fine day.")]
    [InlineData("""["Hello", "Hello, it"]""", ", it is a fine day.", " is a fine day.")]
    [InlineData("[72, 101]", "llo, it is a fine day.")]
    [InlineData("[[72, 101], [72], [72, 101, 108]]", "llo, it is a fine day.", "ello, it is a fine day.", "lo, it is a fine day.")]
    public async Task Prompts_are_continued_in_each_of_four_forms(string prompt, params string[] texts)
    {
        var body = $"{{\"prompt\":{prompt},\"max_tokens\":40}}";
        var reply = await ReplyAsync(body);
        var choices = reply["choices"]!.AsArray();
        Assert.Equal(texts, choices.Select(choice => (string)choice!["text"]!));
        Assert.Equal(Enumerable.Range(0, texts.Length), choices.Select(choice => (int)choice!["index"]!));
        Assert.All(choices, choice => Assert.Equal("stop", (string)choice!["finish_reason"]!));
        var (read, written, _) = Usage(reply);
        Assert.Equal(texts.Sum(text => ChatServer.Text.Length - text.Length), read);
        Assert.Equal(texts.Sum(text => text.Length + 1), written);
    }

    [Fact]
    public async Task Several_choices_of_several_prompts_are_numbered_prompt_by_prompt()
    {
        var reply = await ReplyAsync("""{"prompt":["Hel","Hello"],"n":2,"max_tokens":3,"return_token_ids":true}""");
        var choices = reply["choices"]!.AsArray();
        Assert.Equal(["lo,", "lo,", ", i", ", i"], choices.Select(choice => (string)choice!["text"]!));
        Assert.Equal([0, 1, 2, 3], choices.Select(choice => (int)choice!["index"]!));
        Assert.Equal([(int)'H', 'e', 'l'], Numbers(choices[1]!["prompt_token_ids"]!));
        Assert.Equal([(int)',', ' ', 'i'], Numbers(choices[3]!["token_ids"]!));
        Assert.Equal((8, 12, 20), Usage(reply));
    }

    [Fact]
    public async Task The_best_of_several_have_the_highest_mean_log_probability_and_all_are_counted()
    {
        // The likeliest tokens are held down, so that the others come, too.
        const string fields = """
            "prompt":["a","Hello"],"seed":7,"temperature":1.7,"max_tokens":6,"logprobs":0,"logit_bias":{"44":-13,"257":-13}
            """;
        var all = (await ReplyAsync($"{{{fields},\"n\":6}}"))["choices"]!.AsArray();
        var reply = await ReplyAsync($"{{{fields},\"n\":2,\"best_of\":6}}");
        var best = reply["choices"]!.AsArray();
        for (var prompt = 0; prompt < 2; prompt++)
        {
            var ranked = all.Skip(6 * prompt).Take(6).OrderByDescending(choice => Mean(choice!)).Take(2);
            Assert.Equal(ranked.Select(choice => (string)choice!["text"]!),
                best.Skip(2 * prompt).Take(2).Select(choice => (string)choice!["text"]!));
        }
        Assert.Equal([0, 1, 2, 3], best.Select(choice => (int)choice!["index"]!));
        Assert.Equal(all.Sum(choice => choice!["logprobs"]!["tokens"]!.AsArray().Count), Usage(reply).Written);

        static double Mean(JsonNode choice) => choice["logprobs"]!["token_logprobs"]!.AsArray().Average(value => (double)value!);
    }

    [Fact]
    public async Task A_prompt_is_continued_alike_whatever_stands_beside_it()
    {
        const string fields = """ "seed":3,"temperature":1.5,"max_tokens":12 """;
        var together = await ReplyAsync($"{{\"prompt\":[\"x\",\"Hello\"],{fields}}}");
        var alone = await ReplyAsync($"{{\"prompt\":\"Hello\",{fields}}}");
        Assert.Equal((string)alone["choices"]![0]!["text"]!, (string)together["choices"]![1]!["text"]!);
    }

    [Theory]
    [InlineData("""{"prompt":"Hello"}""")]
    [InlineData("""{"prompt":["Hello","Hel"],"n":2,"max_tokens":30}""")]
    [InlineData("""{"prompt":"Hello","echo":true,"logprobs":1}""")]
    [InlineData("""{"prompt":[[72,101],[72]],"max_tokens":0}""")]
    [InlineData("""{"prompt":["Hello","Hel"],"n":2,"echo":true,"logprobs":2,"max_tokens":0}""")]
    [InlineData("""{"prompt":"Hello","logprobs":0,"stop":["fine"],"max_tokens":40,"return_token_ids":true}""")]
    public async Task A_streams_parts_joined_are_the_whole_reply(string body)
    {
        var fields = JsonNode.Parse(body)!.AsObject();
        var whole = await ReplyAsync(fields.ToJsonString());
        fields["stream"] = true;
        fields["stream_options"] = new JsonObject { ["include_usage"] = true };
        var events = await RunningServer.EventsAsync(await AskAsync(fields.ToJsonString()));
        Assert.Equal("[DONE]", events[^1]);
        var chunks = events[..^1].Select(item => JsonNode.Parse(item)!.AsObject()).ToList();
        Assert.All(chunks, chunk => Assert.Equal("text_completion", (string)chunk["object"]!));
        Assert.Empty(chunks[^1]["choices"]!.AsArray());
        Assert.Equal(Usage(whole), Usage(chunks[^1]));
        Assert.All(chunks[..^1], chunk => Assert.True(chunk.ContainsKey("usage") && chunk["usage"] is null));
        var parts = chunks[..^1].Select(chunk => chunk["choices"]!.AsArray().Single()!.AsObject()).ToLookup(part => (int)part["index"]!);
        foreach (var choice in whole["choices"]!.AsArray())
        {
            var own = parts[(int)choice!["index"]!].ToList();
            Assert.Equal((string)choice["text"]!, string.Concat(own.Select(part => (string)part["text"]!)));
            Assert.Equal((string)choice["finish_reason"]!, (string)own[^1]["finish_reason"]!);
            Assert.Single(own, part => part["finish_reason"] is not null);
            foreach (var list in new[] { "tokens", "token_logprobs", "top_logprobs", "text_offset" })
                Assert.Equal(choice["logprobs"]?[list]!.AsArray().Select(item => item?.ToJsonString()) ?? [],
                    own.Where(part => part["logprobs"] is not null)
                        .SelectMany(part => part["logprobs"]![list]!.AsArray()).Select(item => item?.ToJsonString()));
        }
    }

    [Fact]
    public async Task The_begin_of_text_is_put_before_texts_once_and_before_ids_never()
    {
        await using var framed = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("x"), tokenizer: TinyText.Framed));
        foreach (var (prompt, start) in new[]
        {
            (""" "a" """, RecitingNetwork.ImStart), (""" "<|im_start|>a" """, RecitingNetwork.ImStart), ("[97]", 97),
            (""" "a","add_special_tokens":false """, 97),
        })
        {
            var http = await framed.PostAsync("/v1/completions",
                $"{{\"model\":\"tiny\",\"prompt\":{prompt},\"max_tokens\":1,\"echo\":true,\"logprobs\":0,\"return_token_ids\":true}}");
            var choice = (await RunningServer.JsonAsync(http))["choices"]![0]!;
            Assert.Equal(start == 97 ? [97] : [start, 97], Numbers(choice["prompt_token_ids"]!));
            Assert.Equal(prompt.Contains("im_start", StringComparison.Ordinal) ? 12 : 0,
                Numbers(choice["logprobs"]!["text_offset"]!)[start == 97 ? 0 : 1]);
        }
    }

    [Fact]
    public async Task A_prompts_log_probabilities_come_in_vLLMs_shape_beside_those_of_the_echo()
    {
        var choice = (await ReplyAsync("""{"prompt":"abc","prompt_logprobs":3,"echo":true,"logprobs":1,"max_tokens":1}"""))["choices"]![0]!;
        var list = choice["prompt_logprobs"]!.AsArray();
        Assert.Equal((3, true), (list.Count, list[0] is null));
        Assert.InRange(list[1]!.AsObject().Count, 3, 4);
        Assert.InRange(choice["logprobs"]!["top_logprobs"]![1]!.AsObject().Count, 1, 2);
        Assert.Equal((float)list[1]!["98"]!["logprob"]!, (float)choice["logprobs"]!["token_logprobs"]![1]!);
    }

    async Task<JsonObject> ReplyAsync(string body)
    {
        var http = await AskAsync(body);
        Assert.True(http.StatusCode == HttpStatusCode.OK, await http.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await RunningServer.JsonAsync(http);
    }

    Task<HttpResponseMessage> AskAsync(string body)
    {
        var fields = JsonNode.Parse(body)!.AsObject();
        fields["model"] = "current";
        fields["temperature"] ??= 0;
        return server.PostAsync("/v1/completions", fields.ToJsonString());
    }

    static int[] Numbers(JsonNode list) => [.. list.AsArray().Select(number => (int)number!)];

    static (int Read, int Written, int All) Usage(JsonNode reply) => ((int)reply["usage"]!["prompt_tokens"]!,
        (int)reply["usage"]!["completion_tokens"]!, (int)reply["usage"]!["total_tokens"]!);
}

// What a model cites by marks comes as citations and annotations, whole and streamed, and its marks reach no client.
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Xunit;
using static Majlis.tests.Server.Citations.CitingServer;

namespace Majlis.tests.Server.Citations;

public sealed class CitedReplyTests(CitingServer server) : IClassFixture<CitingServer>
{
    [Fact]
    public async Task A_whole_reply_cites_in_cohere_s_form_and_in_openai_s()
    {
        var message = (await server.ChoiceAsync(Fields()))["message"]!;
        Assert.Equal(Shown, (string)message["content"]!);
        Assert.Equal(Said, Listed(message["citations"]!));
        Assert.Equal("""
            {"start":5,"end":11,"text":"Moluto","sources":[{"type":"document","id":"doc:1",
            "document":{"id":"doc:1","text":"Moluto","url":"https://x.example/m?q=1"}}],"type":"TEXT_CONTENT"}
            """.ReplaceLineEndings(""), message["citations"]![0]!.ToJsonString());
        Assert.Equal("""
            [{"type":"url_citation","url_citation":{"start_index":5,"end_index":11,"title":"doc:1","url":"https://x.example/m?q=1"}},
            {"type":"url_citation","url_citation":{"start_index":16,"end_index":21,"title":"Towns","url":"document:a%20b%2F%D8%AC"}},
            {"type":"url_citation","url_citation":{"start_index":16,"end_index":21,"title":"doc:1","url":"https://x.example/m?q=1"}}]
            """.ReplaceLineEndings(""), message["annotations"]!.ToJsonString());
    }

    // Every token is a byte, so the stream is cut everywhere.
    [Fact]
    public async Task A_stream_cites_after_the_text_that_ends_the_span_and_leaks_no_mark()
    {
        var choices = await server.ChunksAsync(Fields());
        var (text, citations, annotations) = ("", new JsonArray(), new JsonArray());
        foreach (var delta in choices.Select(choice => choice["delta"]!))
        {
            text += (string?)delta["content"];
            Assert.StartsWith(text, Shown, StringComparison.Ordinal);
            foreach (var citation in delta["citations"] as JsonArray ?? [])
            {
                Assert.EndsWith((string)citation!["text"]!, text, StringComparison.Ordinal);
                Assert.Equal(citations.Count, (int)citation["index"]!);
                citations.Add(citation.DeepClone());
            }
            foreach (var annotation in delta["annotations"] as JsonArray ?? [])
            {
                Assert.Equal(annotations.Count, (int)annotation!["index"]!);
                annotations.Add(annotation.DeepClone());
            }
        }
        Assert.Equal((Shown, Said, 3), (text, Listed(citations), annotations.Count));
        Assert.Empty(choices[^1]["delta"]!.AsObject());
    }

    [Fact]
    public async Task Usage_and_token_ids_are_of_what_was_generated()
    {
        var reply = await server.ReplyAsync(Fields("""{"return_token_ids":true}"""));
        var ids = reply["choices"]![0]!["token_ids"]!.AsArray().Select(id => (int)id!).ToArray();
        Assert.Equal(Written, TinyText.Tokenizer.Decode(ids, skipSpecialTokens: true));
        Assert.Equal((ids.Length, "stop"), ((int)reply["usage"]!["completion_tokens"]!, (string)reply["choices"]![0]!["finish_reason"]!));
    }

    [Fact]
    public async Task Each_choice_has_citations_of_its_own()
    {
        var whole = await server.ReplyAsync(Fields("""{"n":3}"""));
        Assert.All(whole["choices"]!.AsArray(), choice => Assert.Equal(Said, Listed(choice!["message"]!["citations"]!)));
        var chunks = await server.ChunksAsync(Fields("""{"n":2}"""));
        foreach (var index in new[] { 0, 1 })
            Assert.Equal([0, 1], chunks.Where(chunk => (int)chunk["index"]! == index)
                .SelectMany(chunk => chunk["delta"]!["citations"] as JsonArray ?? []).Select(citation => (int)citation!["index"]!));
    }

    [Fact]
    public async Task A_continued_message_counts_from_its_own_beginning()
    {
        var choice = await server.ChoiceAsync(Fields("""
            {"continue_final_message":true,"messages":[{"role":"user","content":"hello"},{"role":"assistant","content":"In 🌈 "}]}
            """));
        Assert.Equal("0-6 Moluto doc:1;11-16 تبريز a b/ج doc:1", Listed(choice["message"]!["citations"]!));
    }

    [Fact]
    public async Task A_reply_that_is_sent_back_is_its_text()
    {
        var first = (await server.ChoiceAsync(Fields()))["message"]!.DeepClone();
        foreach (var citation in first["citations"]!.AsArray())
            citation!["sources"]![0]!["document"]!["text"] = new string('x', 300_000);
        var fields = Fields("""{"return_token_ids":true,"max_tokens":1}""");
        fields["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "hello" }, first,
            new JsonObject { ["role"] = "user", ["content"] = "and?" });
        Assert.EndsWith($"<|im_start|>assistant\n{Shown}<|im_end|>\n<|im_start|>user\nand?<|im_end|>\n<|im_start|>assistant\n",
            Prompt(await server.ReplyAsync(fields)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_none_of_the_web_is_not_passed_on()
    {
        const string documents = """{"documents":[{"text":"a","url":"javascript:alert(1)"},{"text":"b","url":"/rent"}]}""";
        var message = (await server.ChoiceAsync(Fields(documents)))["message"]!;
        Assert.Equal(["document:doc%3A1", "document:doc%3A0", "document:doc%3A1"],
            message["annotations"]!.AsArray().Select(annotation => (string)annotation!["url_citation"]!["url"]!));
    }
}

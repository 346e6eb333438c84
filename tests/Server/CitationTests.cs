// What a model cites by marks comes as citations and annotations, whole and streamed, and its marks reach no client.
using System.ClientModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using OpenAI;
using OpenAI.Chat;
using Xunit;

namespace Majlis.tests.Server;

/// <summary>Answers in the layout and with the marks of Command R7B.</summary>
public sealed class CitingServer : IAsyncLifetime
{
    public const string Written =
        "In 🌈 <co>Moluto</co: 0:[1]> and <co>تبريز</co: 0:[0,1],1:[0]>, <co>not there</co: 0:[7]>, 2<3 in <code>. <co>Open";

    public const string Text = "In 🌈 Moluto and تبريز, not there, 2<3 in <code>. Open";

    /// <summary>Says what it was told of citations before it shows the documents.</summary>
    public const string Template = """
        {%- if documents %}<|START_TOOL_RESULT|>{{ 'asked' if enable_citations else 'unasked' }}
        {%- for document in documents %};{{ document.title }}={{ document.text }}{% endfor %}
        {% endif %}
        """ + TinyText.Template;

    internal RunningServer Running { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Running = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork(Written), template: Template),
            options => options with { Redis = null });

    public ValueTask DisposeAsync() => Running.DisposeAsync();
}

public sealed class CitationTests(CitingServer shared) : IClassFixture<CitingServer>
{
    const string Documents = """
        [{"id":"a b/ج","data":{"title":"Towns","text":"Tabriz"}},{"text":"Moluto","url":"https://x.example/m?q=1"}]
        """;

    const string Citations =
        "5-11 Moluto doc:1;16-21 تبريز a b/ج doc:1";

    readonly RunningServer server = shared.Running;

    static JsonObject Fields(string more = "{}")
    {
        var fields = JsonNode.Parse(more)!.AsObject();
        fields["documents"] ??= JsonNode.Parse(Documents);
        return fields;
    }

    [Fact]
    public async Task A_whole_reply_cites_in_cohere_s_form_and_in_openai_s()
    {
        var message = (await ChoiceAsync(Fields()))["message"]!;
        Assert.Equal(CitingServer.Text, (string)message["content"]!);
        Assert.Equal(Citations, Said(message["citations"]!));
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
        var choices = await ChunksAsync(Fields());
        var (text, citations, annotations) = ("", new JsonArray(), new JsonArray());
        foreach (var delta in choices.Select(choice => choice["delta"]!))
        {
            text += (string?)delta["content"];
            Assert.StartsWith(text, CitingServer.Text, StringComparison.Ordinal);
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
        Assert.Equal((CitingServer.Text, Citations, 3), (text, Said(citations), annotations.Count));
        Assert.Empty(choices[^1]["delta"]!.AsObject());
    }

    [Theory]
    [InlineData("off")]
    [InlineData("DISABLED")]
    public async Task Without_citations_the_text_has_no_marks_and_the_model_is_not_asked(string mode)
    {
        var fields = Fields($$$"""{"citation_options":{"mode":"{{{mode}}}"},"return_token_ids":true}""");
        var reply = await ReplyAsync(fields);
        var message = reply["choices"]![0]!["message"]!.AsObject();
        Assert.Equal((CitingServer.Text, "[]", false), ((string)message["content"]!, message["annotations"]!.ToJsonString(),
            message.ContainsKey("citations")));
        Assert.StartsWith("<|START_TOOL_RESULT|>unasked;Towns=Tabriz", Prompt(reply), StringComparison.Ordinal);
        Assert.All(await ChunksAsync(fields), chunk => Assert.Null(chunk["delta"]!["citations"] ?? chunk["delta"]!["annotations"]));
    }

    [Theory]
    [InlineData("{}", "asked")]
    [InlineData("""{"citation_options":{}}""", "asked")]
    [InlineData("""{"citation_options":{"mode":"fast"}}""", "asked")]
    [InlineData("""{"citation_options":{"mode":"ACCURATE"}}""", "asked")]
    [InlineData("""{"citation_options":{"mode":"enabled"},"chat_template_kwargs":{"enable_citations":false}}""", "unasked")]
    public async Task The_template_asks_for_citations_unless_the_client_says_otherwise(string more, string expected)
    {
        var fields = Fields(more);
        fields["return_token_ids"] = true;
        var reply = await ReplyAsync(fields);
        Assert.StartsWith($"<|START_TOOL_RESULT|>{expected};", Prompt(reply), StringComparison.Ordinal);
        Assert.Equal(Citations, Said(reply["choices"]![0]!["message"]!["citations"]!));
    }

    [Fact]
    public async Task Without_documents_the_marks_of_such_a_model_cite_nothing_and_go()
    {
        var message = (await ChoiceAsync(new()))["message"]!.AsObject();
        Assert.Equal((CitingServer.Text, "[]", false), ((string)message["content"]!, message["annotations"]!.ToJsonString(),
            message.ContainsKey("citations")));
    }

    [Fact]
    public async Task Another_model_s_text_keeps_what_looks_like_marks_unless_the_request_speaks_of_citations()
    {
        const string own = "{% for document in documents %}[{{ document.text }}]{% endfor %}";
        await using var other = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("Write <co>Moluto</co: 0:[1]>."),
            template: own + TinyText.Template));
        Assert.Equal("Write <co>Moluto</co: 0:[1]>.", (string)(await ChoiceAsync(Fields(), other))["message"]!["content"]!);
        var asked = (await ChoiceAsync(Fields("""{"citation_options":{"mode":"fast"}}"""), other))["message"]!;
        Assert.Equal(("Write Moluto.", "6-12 Moluto doc:1"), ((string)asked["content"]!, Said(asked["citations"]!)));
        var off = (await ChoiceAsync(Fields("""{"citation_options":{"mode":"off"}}"""), other))["message"]!;
        Assert.Equal("Write Moluto.", (string)off["content"]!);
    }

    [Theory]
    // A stop string is one of the text that the client reads.
    [InlineData("""{"stop":"Moluto and"}""", "In 🌈 ", "")]
    [InlineData("""{"stop":" and"}""", "In 🌈 Moluto", "5-11 Moluto doc:1")]
    [InlineData("""{"stop":"uto"}""", "In 🌈 Mol", "")]
    [InlineData("""{"stop":[":","[","co: 0","</co","0"]}""", CitingServer.Text, Citations)]
    [InlineData("""{"stop":["Moluto!","andy"]}""", CitingServer.Text, Citations)]
    [InlineData("""{"max_tokens":29}""", "In 🌈 Moluto", "")]
    [InlineData("""{"max_tokens":30}""", "In 🌈 Moluto", "5-11 Moluto doc:1")]
    [InlineData("""{"max_tokens":10}""", "In 🌈 <c", "")]
    [InlineData("""{"min_tokens":60,"stop":"and"}""", CitingServer.Text, Citations)]
    public async Task Ends_are_right_and_so_are_the_log_probabilities_of_what_is_shown(string more, string text, string citations)
    {
        var fields = Fields(more);
        fields["logprobs"] = true;
        var choice = await ChoiceAsync(fields);
        Assert.Equal((text, citations), ((string)choice["message"]!["content"]!, Said(choice["message"]!["citations"]!)));
        Assert.Equal(text, Tokens([choice]));
        var chunks = await ChunksAsync(fields);
        Assert.Equal(text, string.Concat(chunks.Select(chunk => (string?)chunk["delta"]!["content"])));
        Assert.Equal(text, Tokens(chunks));
        Assert.Equal(citations, Said(new JsonArray([.. chunks.SelectMany(chunk => chunk["delta"]!["citations"] as JsonArray ?? [])
            .Select(citation => citation!.DeepClone())])));
    }

    [Fact]
    public async Task Usage_and_token_ids_are_of_what_was_generated()
    {
        var reply = await ReplyAsync(Fields("""{"return_token_ids":true}"""));
        var ids = reply["choices"]![0]!["token_ids"]!.AsArray().Select(id => (int)id!).ToArray();
        Assert.Equal(CitingServer.Written, TinyText.Tokenizer.Decode(ids, skipSpecialTokens: true));
        Assert.Equal((ids.Length, "stop"), ((int)reply["usage"]!["completion_tokens"]!, (string)reply["choices"]![0]!["finish_reason"]!));
    }

    [Fact]
    public async Task Each_choice_has_citations_of_its_own()
    {
        var whole = await ReplyAsync(Fields("""{"n":3}"""));
        Assert.All(whole["choices"]!.AsArray(), choice => Assert.Equal(Citations, Said(choice!["message"]!["citations"]!)));
        var chunks = await ChunksAsync(Fields("""{"n":2}"""));
        foreach (var index in new[] { 0, 1 })
            Assert.Equal([0, 1], chunks.Where(chunk => (int)chunk["index"]! == index)
                .SelectMany(chunk => chunk["delta"]!["citations"] as JsonArray ?? []).Select(citation => (int)citation!["index"]!));
    }

    [Fact]
    public async Task A_continued_message_counts_from_its_own_beginning()
    {
        var choice = await ChoiceAsync(Fields("""
            {"continue_final_message":true,"messages":[{"role":"user","content":"hello"},{"role":"assistant","content":"In 🌈 "}]}
            """));
        Assert.Equal("0-6 Moluto doc:1;11-16 تبريز a b/ج doc:1", Said(choice["message"]!["citations"]!));
    }

    [Fact]
    public async Task A_reply_that_is_sent_back_is_its_text()
    {
        var first = (await ChoiceAsync(Fields()))["message"]!.DeepClone();
        foreach (var citation in first["citations"]!.AsArray())
            citation!["sources"]![0]!["document"]!["text"] = new string('x', 300_000);
        var fields = Fields("""{"return_token_ids":true,"max_tokens":1}""");
        fields["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "hello" }, first,
            new JsonObject { ["role"] = "user", ["content"] = "and?" });
        Assert.EndsWith($"<|im_start|>assistant\n{CitingServer.Text}<|im_end|>\n<|im_start|>user\nand?<|im_end|>\n<|im_start|>assistant\n",
            Prompt(await ReplyAsync(fields)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_none_of_the_web_is_not_passed_on()
    {
        var message = (await ChoiceAsync(Fields("""{"documents":[{"text":"a","url":"javascript:alert(1)"},{"text":"b","url":"/rent"}]}""")))
            ["message"]!;
        Assert.Equal(["document:doc%3A1", "document:doc%3A0", "document:doc%3A1"],
            message["annotations"]!.AsArray().Select(annotation => (string)annotation!["url_citation"]!["url"]!));
    }

    [Fact]
    public async Task A_folder_s_passages_are_cited_by_their_ids()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("law"));
        await File.WriteAllTextAsync(folder.File("law", "rent.md"), "# Rent\n\nThe rent of the blue house is 731 dinars.", Stop);
        await using var grounded = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("It is <co>731 dinars</co: 0:[0]>."),
            template: CitingServer.Template), options => options with { Documents = folder.Path });
        var message = (await ChoiceAsync(JsonNode.Parse("""{"messages":[{"role":"user","content":"rent of the blue house?"}]}""")!
            .AsObject(), grounded))["message"]!;
        Assert.Equal("6-16 731 dinars law/rent.md#1", Said(message["citations"]!));
        Assert.Equal(("Rent", "document:law%2Frent.md%231"), ((string)message["annotations"]![0]!["url_citation"]!["title"]!,
            (string)message["annotations"]![0]!["url_citation"]!["url"]!));
    }

    [Fact]
    public async Task A_battle_shows_the_text_without_marks()
    {
        var http = await server.PostAsync("/v1/arena/battles", $$"""
            {"messages":[{"role":"user","content":"where?"}],"documents":{{Documents}}}
            """);
        var text = (await RunningServer.EventsAsync(http)).Where(item => item.Contains("\"side\":\"a\"", StringComparison.Ordinal))
            .Select(item => (string?)JsonNode.Parse(item)!["delta"]!["content"]);
        Assert.Equal(CitingServer.Text, string.Concat(text));
    }

    // The client's own names of annotations may still change.
    [Fact, Experimental("OPENAI001")]
    public async Task The_official_client_reads_annotations()
    {
        var client = new OpenAIClient(new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = new Uri(server.Address, "v1") });
        var options = new ChatCompletionOptions { Temperature = 0 };
        options.Patch.Set("$.documents"u8, BinaryData.FromString(Documents));
        var chat = client.GetChatClient("current");
        var completion = (await chat.CompleteChatAsync([new UserChatMessage("hello")], options, Stop)).Value;
        Assert.Equal(CitingServer.Text, completion.Content.Single().Text);
        Assert.Equal([(5, 11, "doc:1", "https://x.example/m?q=1"), (16, 21, "Towns", "document:a%20b%2F%D8%AC"),
            (16, 21, "doc:1", "https://x.example/m?q=1")], completion.Annotations.Select(annotation =>
            (annotation.StartIndex, annotation.EndIndex, annotation.WebResourceTitle, annotation.WebResourceUri.OriginalString)));
        var streamed = "";
        await foreach (var update in chat.CompleteChatStreamingAsync([new UserChatMessage("hello")], options, Stop))
            streamed += string.Concat(update.ContentUpdate.Select(part => part.Text));
        Assert.Equal(CitingServer.Text, streamed);
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    async Task<JsonNode> ReplyAsync(JsonObject fields, RunningServer? other = null) =>
        await RunningServer.JsonAsync(await (other ?? server).ChatAsync(fields));

    async Task<JsonNode> ChoiceAsync(JsonObject fields, RunningServer? other = null) => (await ReplyAsync(fields, other))["choices"]![0]!;

    async Task<List<JsonNode>> ChunksAsync(JsonObject fields)
    {
        fields["stream"] = true;
        var events = await RunningServer.EventsAsync(await server.ChatAsync(fields));
        return [.. events[..^1].Select(item => JsonNode.Parse(item)!["choices"]![0]!)];
    }

    static string Said(JsonNode citations) => string.Join(';', citations.AsArray().Select(citation =>
        $"{citation!["start"]}-{citation["end"]} {citation["text"]} "
        + string.Join(' ', citation["sources"]!.AsArray().Select(source => (string)source!["id"]!))));

    // Tokens are bytes: their texts show no letter of more than one.
    static string Tokens(IEnumerable<JsonNode> choices) => System.Text.Encoding.UTF8.GetString([.. choices
        .SelectMany(choice => choice["logprobs"]?["content"]?.AsArray() ?? []).SelectMany(token => token!["bytes"]!.AsArray())
        .Select(value => (byte)(int)value!)]);

    static string Prompt(JsonNode reply) =>
        TinyText.Tokenizer.Decode(reply["prompt_token_ids"]!.AsArray().Select(id => (int)id!).ToArray(), skipSpecialTokens: false);
}

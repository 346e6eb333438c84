// A server whose model cites by marks, and requests over two documents.
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Citations;

/// <summary>Answers in the layout and with the marks of Command R7B.</summary>
public sealed class CitingServer : IAsyncLifetime
{
    public const string Written =
        "In 🌈 <co>Moluto</co: 0:[1]> and <co>تبريز</co: 0:[0,1],1:[0]>, <co>not there</co: 0:[7]>, 2<3 in <code>. <co>Open";

    public const string Shown = "In 🌈 Moluto and تبريز, not there, 2<3 in <code>. Open";

    /// <summary>Says what it was told of citations before it shows the documents.</summary>
    public const string Template = """
        {%- if documents %}<|START_TOOL_RESULT|>{{ 'asked' if enable_citations else 'unasked' }}
        {%- for document in documents %};{{ document.title }}={{ document.text }}{% endfor %}
        {% endif %}
        """ + TinyText.Template;

    public const string Documents = """
        [{"id":"a b/ج","data":{"title":"Towns","text":"Tabriz"}},{"text":"Moluto","url":"https://x.example/m?q=1"}]
        """;

    public const string Said = "5-11 Moluto doc:1;16-21 تبريز a b/ج doc:1";

    internal RunningServer Running { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Running = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork(Written), template: Template),
            options => options with { Redis = null });

    public ValueTask DisposeAsync() => Running.DisposeAsync();

    /// <summary>A request over the documents, with more fields.</summary>
    public static JsonObject Fields(string more = "{}")
    {
        var fields = JsonNode.Parse(more)!.AsObject();
        fields["documents"] ??= JsonNode.Parse(Documents);
        return fields;
    }

    internal async Task<JsonNode> ReplyAsync(JsonObject fields, RunningServer? other = null) =>
        await RunningServer.JsonAsync(await (other ?? Running).ChatAsync(fields));

    internal async Task<JsonNode> ChoiceAsync(JsonObject fields, RunningServer? other = null) =>
        (await ReplyAsync(fields, other))["choices"]![0]!;

    public async Task<List<JsonNode>> ChunksAsync(JsonObject fields)
    {
        fields["stream"] = true;
        var events = await RunningServer.EventsAsync(await Running.ChatAsync(fields));
        return [.. events[..^1].Select(item => JsonNode.Parse(item)!["choices"]![0]!)];
    }

    /// <summary>Citations as <c>start-end text sources</c>.</summary>
    public static string Listed(JsonNode citations) => string.Join(';', citations.AsArray().Select(citation =>
        $"{citation!["start"]}-{citation["end"]} {citation["text"]} "
        + string.Join(' ', citation["sources"]!.AsArray().Select(source => (string)source!["id"]!))));

    public static string Prompt(JsonNode reply) =>
        TinyText.Tokenizer.Decode(reply["prompt_token_ids"]!.AsArray().Select(id => (int)id!).ToArray(), skipSpecialTokens: false);
}

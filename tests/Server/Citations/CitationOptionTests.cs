// Whether a model is asked for citations, and whose marks are read.
using Majlis.tests.Support;
using Xunit;
using static Majlis.tests.Server.Citations.CitingServer;

namespace Majlis.tests.Server.Citations;

public sealed class CitationOptionTests(CitingServer server) : IClassFixture<CitingServer>
{
    [Theory]
    [InlineData("off")]
    [InlineData("DISABLED")]
    public async Task Without_citations_the_text_has_no_marks_and_the_model_is_not_asked(string mode)
    {
        var fields = Fields($$$"""{"citation_options":{"mode":"{{{mode}}}"},"return_token_ids":true}""");
        var reply = await server.ReplyAsync(fields);
        var message = reply["choices"]![0]!["message"]!.AsObject();
        Assert.Equal((Shown, "[]", false), ((string)message["content"]!, message["annotations"]!.ToJsonString(),
            message.ContainsKey("citations")));
        Assert.StartsWith("<|START_TOOL_RESULT|>unasked;Towns=Tabriz", Prompt(reply), StringComparison.Ordinal);
        Assert.All(await server.ChunksAsync(fields), chunk => Assert.Null(chunk["delta"]!["citations"] ?? chunk["delta"]!["annotations"]));
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
        var reply = await server.ReplyAsync(fields);
        Assert.StartsWith($"<|START_TOOL_RESULT|>{expected};", Prompt(reply), StringComparison.Ordinal);
        Assert.Equal(Said, Listed(reply["choices"]![0]!["message"]!["citations"]!));
    }

    [Fact]
    public async Task Without_documents_the_marks_of_such_a_model_cite_nothing_and_go()
    {
        var message = (await server.ChoiceAsync(new()))["message"]!.AsObject();
        Assert.Equal((Shown, "[]", false), ((string)message["content"]!, message["annotations"]!.ToJsonString(),
            message.ContainsKey("citations")));
    }

    [Fact]
    public async Task Another_model_s_text_keeps_what_looks_like_marks_unless_the_request_speaks_of_citations()
    {
        const string own = "{% for document in documents %}[{{ document.text }}]{% endfor %}";
        await using var other = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("Write <co>Moluto</co: 0:[1]>."),
            template: own + TinyText.Template));
        Assert.Equal("Write <co>Moluto</co: 0:[1]>.", (string)(await server.ChoiceAsync(Fields(), other))["message"]!["content"]!);
        var asked = (await server.ChoiceAsync(Fields("""{"citation_options":{"mode":"fast"}}"""), other))["message"]!;
        Assert.Equal(("Write Moluto.", "6-12 Moluto doc:1"), ((string)asked["content"]!, Listed(asked["citations"]!)));
        var off = (await server.ChoiceAsync(Fields("""{"citation_options":{"mode":"off"}}"""), other))["message"]!;
        Assert.Equal("Write Moluto.", (string)off["content"]!);
    }
}

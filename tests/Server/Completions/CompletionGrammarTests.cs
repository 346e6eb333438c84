// Completions that keep to a form: what is written behind the prompt is a text of the grammar, whole and streamed, for each prompt anew.
using System.Text.Json.Nodes;
using Xunit;

namespace Majlis.tests.Server.Completions;

public sealed class CompletionGrammarTests
{
    [Theory]
    [InlineData("""{"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"const":"yes"}}}}""", "\"yes\"")]
    [InlineData("""{"structured_outputs":{"json":{"const":{"a":1}},"disable_any_whitespace":true}}""", "{\"a\":1}")]
    [InlineData("""{"structured_outputs":{"choice":["yes"]}}""", "yes")]
    [InlineData("""{"structured_outputs":{"regex":"[0-9]{3}"},"logit_bias":{"55":100}}""", "777")]
    [InlineData("""{"response_format":{"type":"text"}}""", "I would rather talk.")]
    public async Task What_follows_the_prompt_keeps_to_the_form(string fields, string text)
    {
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("I would rather talk.")));
        var body = JsonNode.Parse(fields)!.AsObject();
        (body["model"], body["prompt"], body["max_tokens"], body["temperature"]) =
            ("current", new JsonArray("<|im_start|>assistant\n", "<|im_start|>assistant\n"), 80, 0);
        var reply = await RunningServer.JsonAsync(await server.PostAsync("/v1/completions", body.ToJsonString()));
        Assert.Equal([text, text], reply["choices"]!.AsArray().Select(choice => (string)choice!["text"]!));
    }

    [Fact]
    public async Task A_form_that_nothing_fits_is_refused_by_name()
    {
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("x")));
        var error = (await RunningServer.JsonAsync(await server.PostAsync("/v1/completions",
            """{"model":"current","prompt":"a","structured_outputs":{"json":false}}""")))["error"]!;
        Assert.Equal("structured_outputs.json", (string?)error["param"]);
    }
}

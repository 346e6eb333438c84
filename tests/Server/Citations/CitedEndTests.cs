// Stops and limits amid marks: the end, the citations and the log-probabilities are those of what is shown.
using System.Text;
using System.Text.Json.Nodes;
using Xunit;
using static Majlis.tests.Server.Citations.CitingServer;

namespace Majlis.tests.Server.Citations;

public sealed class CitedEndTests(CitingServer server) : IClassFixture<CitingServer>
{
    [Theory]
    // A stop string is one of the text that the client reads.
    [InlineData("""{"stop":"Moluto and"}""", "In 🌈 ", "")]
    [InlineData("""{"stop":" and"}""", "In 🌈 Moluto", "5-11 Moluto doc:1")]
    [InlineData("""{"stop":"uto"}""", "In 🌈 Mol", "")]
    [InlineData("""{"stop":[":","[","co: 0","</co","0"]}""", Shown, Said)]
    [InlineData("""{"stop":["Moluto!","andy"]}""", Shown, Said)]
    [InlineData("""{"max_tokens":29}""", "In 🌈 Moluto", "")]
    [InlineData("""{"max_tokens":30}""", "In 🌈 Moluto", "5-11 Moluto doc:1")]
    [InlineData("""{"max_tokens":10}""", "In 🌈 <c", "")]
    [InlineData("""{"min_tokens":60,"stop":"and"}""", Shown, Said)]
    public async Task Ends_are_right_and_so_are_the_log_probabilities_of_what_is_shown(string more, string text, string citations)
    {
        var fields = Fields(more);
        fields["logprobs"] = true;
        var choice = await server.ChoiceAsync(fields);
        Assert.Equal((text, citations), ((string)choice["message"]!["content"]!, Listed(choice["message"]!["citations"]!)));
        Assert.Equal(text, Tokens([choice]));
        var chunks = await server.ChunksAsync(fields);
        Assert.Equal(text, string.Concat(chunks.Select(chunk => (string?)chunk["delta"]!["content"])));
        Assert.Equal(text, Tokens(chunks));
        Assert.Equal(citations, Listed(new JsonArray([.. chunks.SelectMany(chunk => chunk["delta"]!["citations"] as JsonArray ?? [])
            .Select(citation => citation!.DeepClone())])));
    }

    // Tokens are bytes: their texts show no letter of more than one.
    static string Tokens(IEnumerable<JsonNode> choices) => Encoding.UTF8.GetString([.. choices
        .SelectMany(choice => choice["logprobs"]?["content"]?.AsArray() ?? []).SelectMany(token => token!["bytes"]!.AsArray())
        .Select(value => (byte)(int)value!)]);
}

// Cohere's own layout of preamble, documents, tools and citations renders as their own renderer does it.
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Model;

[Trait("Golden", "Text")]
public sealed class CohereLayoutTests
{
    static string Folder => Shared.Data("data", "melody-templates");

    public static TheoryData<string> Requests => !Directory.Exists(Path.Combine(Folder, "cmd3")) ? ["absent"]
        : [.. Directory.EnumerateDirectories(Path.Combine(Folder, "cmd3")).Select(path => Path.GetFileName(path)).Order()];

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_request_is_laid_out_as_by_cohere(string name)
    {
        var folder = Shared.Require(Path.Combine(Folder, "cmd3", name));
        var request = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "input.json")))!.AsObject();
        var liquid = (string?)request["template"] ?? File.ReadAllText(Path.Combine(Folder, "templates", "cmd3-v1.tmpl"));
        var expected = File.ReadAllText(Path.Combine(folder, "output.txt"));
        var actual = CohereLayout.Render(liquid, request);
        GoldenReport.Line("Text", $"cohere layout {name}", actual == expected ? 0 : 1, 0);
        Assert.Equal(expected, actual);
    }
}

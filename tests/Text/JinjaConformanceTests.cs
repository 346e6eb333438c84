// Features of Jinja against Jinja2's own results: texts exactly; for errors, that there is one, and a template's own
// message exactly.
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Majlis.Text.Jinja;
using Xunit;

namespace Majlis.tests.Text;

[Trait("Golden", "Text")]
public sealed class JinjaConformanceTests
{
    [Theory]
    [InlineData("jinja_conformance.json")]
    [InlineData("jinja_snippets.json")]
    public void Pieces_render_as_in_jinja2(string file)
    {
        var golden = JsonNode.Parse(File.ReadAllText(Shared.Require(Shared.Golden("text", file))))!;
        List<string> failures = [];
        foreach (var entry in golden["cases"]!.AsArray())
        {
            var context = (entry!["context"] ?? golden["context"])!.DeepClone().AsObject();
            var failure = JinjaCheck.Mismatch(entry, () =>
                JinjaTemplate.Parse((string)entry["template"]!).Render(context, JinjaCheck.Noon).Text);
            if (failure is not null) failures.Add($"{entry["name"] ?? entry["i"]}: {entry["template"]}\n  {failure}");
        }
        GoldenReport.Line("Text", file, failures.Count, 0);
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }
}

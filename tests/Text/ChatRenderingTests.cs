// Real chat templates over many conversations, against transformers' output.
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Majlis.Text.Jinja;
using Xunit;

namespace Majlis.tests.Text;

[Trait("Golden", "Text")]
public sealed class ChatRenderingTests
{
    static string Renderings => Shared.Golden("text", "chat_renderings.json");

    public static TheoryData<string> Templates => GoldenTemplates.Names(Renderings);

    [Theory]
    [MemberData(nameof(Templates))]
    public void Conversations_render_as_in_transformers(string name)
    {
        Shared.Require(Renderings);
        var template = GoldenTemplates.Read(name);
        List<string> failures = [];
        var cases = JsonNode.Parse(File.ReadAllText(Renderings))!["cases"]!.AsArray().Where(entry => (string?)entry!["template"] == name);
        foreach (var entry in cases)
            if (JinjaCheck.Mismatch(entry!, () => template.Render(GoldenTemplates.Conversation(entry!))) is { } failure)
                failures.Add($"{entry!["conversation"]}:\n  {failure}");
        GoldenReport.Line("Text", $"chat {name}", failures.Count, 0);
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }

    [Fact]
    public void Assistant_spans_are_those_of_transformers()
    {
        var masks = JsonNode.Parse(File.ReadAllText(Shared.Require(Shared.Golden("text", "chat_masks.json"))))!;
        var mismatches = 0;
        foreach (var entry in masks["spans"]!.AsArray())
        {
            var rendering = GoldenTemplates.Read((string)entry!["template"]!).RenderWithSpans(GoldenTemplates.Conversation(entry));
            var expected = entry["assistant_spans"]!.AsArray().Select(span => new TextSpan((int)span![0]!, (int)span[1]!));
            if (rendering.Text != (string?)entry["expected"] || !rendering.Generations.SequenceEqual(expected)) mismatches++;
        }
        GoldenReport.Line("Text", "assistant spans", mismatches, 0);
        Assert.Equal(0, mismatches);
    }
}

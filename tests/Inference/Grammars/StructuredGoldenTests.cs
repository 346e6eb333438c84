// Schemas, texts and masks of two other engines. A mask must be equal where both have the same; a text must be accepted or refused as JSON
// Schema says.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Majlis.Inference.Grammars;
using Majlis.Inference.Grammars.Json;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Inference.Grammars;

[Trait("Golden", "Decoding")]
public sealed class StructuredGoldenTests
{
    const int End = 1;

    // Both engines let 29 February through in any year; RFC 3339, to which JSON Schema refers, does not.
    const string Date = "own/format date";
    const int DayOfFebruary = 8;

    // Its properties are not in the schema's order, so no engine of the three accepts it; the label is JSON Schema's.
    const string Unordered = "maskbench/Github_easy---o81526.json";

    [Fact]
    public void Masks_are_those_on_which_both_engines_agree()
    {
        var (wrong, compared, lines) = (0, 0, new List<string>());
        foreach (var (name, grammar, instance) in Instances(JsonLayout.Compact))
            foreach (var (step, expected) in Agreed(instance))
            {
                if (name == Date && step == DayOfFebruary) continue;
                compared++;
                var actual = MaskAt(grammar, instance, step);
                if (Matches(expected, actual)) continue;
                wrong++;
                lines.Add($"{name} {instance.GetProperty("text")} step {step}: {actual.Count} tokens, not {expected.GetProperty("n")}");
            }
        GoldenReport.Line("Decoding", $"structured/masks ({compared} steps)", wrong, 0);
        Assert.True(wrong == 0, string.Join('\n', lines.Take(20)));
        Assert.True(compared > 1000, $"{compared}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Texts_are_accepted_as_their_schema_says(bool isCompact)
    {
        var (wrong, lines) = (0, new List<string>());
        foreach (var (name, grammar, instance) in Instances(isCompact ? JsonLayout.Compact : new(null)))
        {
            var text = instance.GetProperty("text").GetString()!;
            var valid = instance.GetProperty("valid").GetBoolean();
            if (grammar.Accepts(Encoding.UTF8.GetBytes(text)) == (valid && name != Unordered)) continue;
            wrong++;
            lines.Add($"{name} valid={valid} {text}");
        }
        GoldenReport.Line("Decoding", $"structured/texts {(isCompact ? "compact" : "flexible")}", wrong, 0);
        Assert.True(wrong == 0, string.Join('\n', lines.Take(20)));
    }

    static IEnumerable<(string Name, Grammar Grammar, JsonElement Instance)> Instances(JsonLayout layout)
    {
        foreach (var line in File.ReadLines(Shared.Require(Shared.Golden("decoding", "structured", "cases.jsonl"))))
        {
            var entry = JsonDocument.Parse(line).RootElement;
            var name = entry.GetProperty("name").GetString()!;
            var grammar = new SchemaSource(entry.GetProperty("schema").GetRawText(), layout).Compile();
            foreach (var instance in entry.GetProperty("instances").EnumerateArray()) yield return (name, grammar, instance);
        }
    }

    /// <summary>The steps at which both engines have the same mask.</summary>
    static IEnumerable<(int Step, JsonElement Mask)> Agreed(JsonElement instance)
    {
        if (!instance.TryGetProperty("llguidance_compact", out var one) || !one.TryGetProperty("masks", out var masks)) yield break;
        if (!instance.TryGetProperty("steps_where_llguidance_and_xgrammar_masks_differ", out var differ)) yield break;
        var other = differ.EnumerateArray().Select(step => step.GetInt32()).ToHashSet();
        var step = 0;
        foreach (var mask in masks.EnumerateArray())
        {
            if (!other.Contains(step)) yield return (step, mask);
            step++;
        }
    }

    static List<int> MaskAt(Grammar grammar, JsonElement instance, int step)
    {
        var constraint = new TokenConstraint(grammar, Vocabularies.Golden);
        foreach (var token in instance.GetProperty("token_ids").EnumerateArray().Take(step)) constraint.Advance(token.GetInt32());
        List<int> ids = [.. Vocabularies.Members(constraint.Mask, Vocabularies.Golden)];
        if (constraint.Mask.MayEnd) ids.Add(End);
        ids.Sort();
        return ids;
    }

    static bool Matches(JsonElement expected, List<int> actual) => expected.TryGetProperty("ids", out var ids)
        ? ids.EnumerateArray().Select(id => id.GetInt32()).SequenceEqual(actual)
        : expected.GetProperty("sha256").GetString() == Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(
            string.Join(',', actual.Select(id => id.ToString(CultureInfo.InvariantCulture))))));
}

// The JSON Schema test suite (https://github.com/json-schema-org/JSON-Schema-Test-Suite): no grammar accepts a value that its schema
// refuses, in whatever order the value's members come; each accepts every other value in one order. What does not compile is counted.
using System.Text;
using System.Text.Json;
using Majlis.Inference.Grammars;
using Majlis.Inference.Grammars.Json;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Inference.Grammars;

public sealed class JsonSchemaSuiteTests
{
    // Formats are comments there, and a metaschema says which keywords hold; here the keywords always hold.
    static readonly string[] left = ["format.json", "vocabulary.json"];

    [Fact]
    public void Grammars_mean_what_the_schemas_mean()
    {
        var (all, compiled) = (0, 0);
        var wrong = new List<string>();
        foreach (var (file, group) in Groups())
        {
            all++;
            var schema = group.GetProperty("schema");
            if (!TryCompile(schema, out var grammar)) continue;
            compiled++;
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                var accepted = Orders(test.GetProperty("data")).Any(text => grammar?.Accepts(Encoding.UTF8.GetBytes(text)) ?? false);
                if (accepted != test.GetProperty("valid").GetBoolean())
                    wrong.Add($"{file} {schema.GetRawText()} {test.GetProperty("data").GetRawText()} accepted={accepted}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(compiled > 0.85 * all, $"{compiled} of {all}");
    }

    static IEnumerable<(string File, JsonElement Group)> Groups()
    {
        var folder = Shared.Require(Shared.Data("data", "json-schema-test-suite", "tests", "draft2020-12"));
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order())
            if (!left.Contains(Path.GetFileName(file)))
                foreach (var group in JsonDocument.Parse(File.ReadAllBytes(file)).RootElement.EnumerateArray())
                    yield return (Path.GetFileName(file), group);
    }

    /// <summary>False where it is refused as unsupported; no grammar where no value fits.</summary>
    static bool TryCompile(JsonElement schema, out Grammar? grammar)
    {
        grammar = null;
        try
        {
            grammar = new SchemaSource(schema.GetRawText(), JsonLayout.Compact).Compile();
            return true;
        }
        catch (GrammarException wrong)
        {
            return wrong.Message.Contains("No JSON value fits", StringComparison.Ordinal);
        }
    }

    /// <summary>The value with its members in every order, in the spelling that grammars with conditions write.</summary>
    static IEnumerable<string> Orders(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => Permutations([.. value.EnumerateObject()]).SelectMany(members => Products([.. members.Select(member =>
            Orders(member.Value).Select(text => $"{JsonQuote.Of(member.Name)}:{text}"))])).Select(text => $"{{{text}}}"),
        JsonValueKind.Array => Products([.. value.EnumerateArray().Select(Orders)]).Select(text => $"[{text}]"),
        JsonValueKind.Number => [ExactNumber.Shortest(value.GetRawText())],
        JsonValueKind.String => [JsonQuote.Of(value.GetString()!)],
        _ => [value.GetRawText()],
    };

    static IEnumerable<string> Products(IEnumerable<string>[] each) => each.Length == 0 ? [""]
        : each.Skip(1).Aggregate(each[0], (before, next) => before.SelectMany(first => next.Select(second => $"{first},{second}")));

    static IEnumerable<JsonProperty[]> Permutations(JsonProperty[] all) => all.Length <= 1 ? [all]
        : all.SelectMany((first, i) => Permutations([.. all[..i], .. all[(i + 1)..]]).Select(rest => (JsonProperty[])[first, .. rest]));
}

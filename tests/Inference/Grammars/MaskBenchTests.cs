// Real schemas with values that fit and values that do not (https://github.com/guidance-ai/jsonschemabench): no grammar accepts a value
// that does not fit, all accept those that do, and many schemas compile. A sample; the benchmark maskbench takes all.
using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Majlis.Inference.Grammars;
using Majlis.Inference.Grammars.Json;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Inference.Grammars;

public sealed class MaskBenchTests
{
    const int Every = 20;

    static readonly JsonSerializerOptions plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void Real_schemas_accept_what_fits_and_nothing_else()
    {
        var (all, compiled, unordered) = (0, 0, 0);
        var wrong = new List<string>();
        foreach (var entry in Entries())
        {
            all++;
            if (Compiled(entry) is not { } grammar) continue;
            compiled++;
            foreach (var test in entry.GetProperty("tests").EnumerateArray())
            {
                var valid = test.GetProperty("valid").GetBoolean();
                var text = JsonSerializer.Serialize(test.GetProperty("data"), plain);
                if (grammar.Accepts(Encoding.UTF8.GetBytes(text)) == valid) continue;
                if (valid && !IsInOrder(entry.GetProperty("schema"), test.GetProperty("data"))) unordered++;
                else wrong.Add($"{entry.GetProperty("file")} valid={valid} {text}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(compiled > 0.9 * all, $"{compiled} of {all}");
        Assert.InRange(unordered, 0, all / 50);
    }

    static IEnumerable<JsonElement> Entries()
    {
        var number = 0;
        foreach (var file in Directory.EnumerateFiles(Shared.Require(Shared.Data("data", "maskbench")), "*.gz").Order())
        {
            using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
            while (reader.ReadLine() is { } line)
                if (number++ % Every == 0) yield return JsonDocument.Parse(line).RootElement;
        }
    }

    static Grammar? Compiled(JsonElement entry)
    {
        try
        {
            return new SchemaSource(entry.GetProperty("schema").GetRawText(), new(null)).Compile();
        }
        catch (GrammarException)
        {
            return null;
        }
    }

    /// <summary>Whether the members of an object, and of those in it, come in the order of the schema's properties.</summary>
    static bool IsInOrder(JsonElement schema, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties)) return true;
        var order = properties.EnumerateObject().Select(property => property.Name).ToList();
        var places = value.EnumerateObject().Select(member => order.IndexOf(member.Name) is var at and >= 0 ? at : int.MaxValue).ToList();
        return places.SequenceEqual(places.Order()) && value.EnumerateObject().All(member =>
            !properties.TryGetProperty(member.Name, out var inner) || inner.ValueKind != JsonValueKind.Object
            || IsInOrder(inner, member.Value));
    }
}

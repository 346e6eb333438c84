// Merges of models with different vocabularies, token by token against mergekit's: its new ids follow a hash map's order, so ids are ours.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Merge;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Merge;

[Trait("Golden", "Merging")]
public sealed class GoldenVocabularies : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string?> Cases => GoldenCase.Names(name => GoldenCase.IsJoined(name));

    [Theory, MemberData(nameof(Cases))]
    public void Each_token_has_mergekits_row(string? name)
    {
        using var golden = GoldenCase.Open(name);
        var output = folder.File("out");
        using (var plan = MergePlan.Create(golden.Recipe, GoldenCase.Root)) Merger.Publish(plan, output);
        using var merged = SafetensorsFolder.Open(output);
        Assert.Equal(golden.Record.GetProperty("tensors").GetInt32(), merged.Tensors.Count);
        var (ours, theirs) = (Vocabulary(Path.Combine(output, "tokenizer.json")), Table(golden));
        Assert.Equal(theirs.Keys.Order(StringComparer.Ordinal), ours.Keys.Order(StringComparer.Ordinal));
        var worst = golden.Expected.Tensors.Keys.Max(tensor => Worst(golden.Expected, merged, tensor, theirs, ours,
            golden.Record.GetProperty("output_rows").GetInt32()));
        GoldenReport.Line("Merging", name!, worst, GoldenCase.Tolerance);
        Assert.InRange(worst, 0, GoldenCase.Tolerance);
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(output, "config.json")))!;
        Assert.Equal(golden.Record.GetProperty("out_config").GetProperty("vocab_size").GetInt32(), config["vocab_size"]!.GetValue<int>());
        SameSettings(Path.Combine(GoldenCase.Root, "cases", name!, "tokenizer.json"), Path.Combine(output, "tokenizer.json"));
    }

    static double Worst(SafetensorsFolder expected, SafetensorsFolder merged, string tensor, Dictionary<string, int> theirs,
        Dictionary<string, int> ours, int rows)
    {
        Assert.Equal(expected.Tensors[tensor].Shape, merged.Tensors[tensor].Shape);
        var (right, left) = (GoldenCase.Stored(expected, tensor), GoldenCase.Stored(merged, tensor));
        if (expected.Tensors[tensor].Shape[0] != rows || !tensor.Contains("embed_tokens", StringComparison.Ordinal)
            && !tensor.Contains("lm_head", StringComparison.Ordinal))
            return left.Zip(right, (a, b) => Math.Abs((double)a - b)).Max();
        var width = left.Length / rows;
        var pairs = theirs.Select(token => (Theirs: token.Value, Ours: ours[token.Key]))
            .Concat(Enumerable.Range(theirs.Count, rows - theirs.Count).Select(row => (row, row)));
        return pairs.Max(pair => Enumerable.Range(0, width)
            .Max(i => Math.Abs((double)right[pair.Item1 * width + i] - left[pair.Item2 * width + i])));
    }

    static Dictionary<string, int> Table(GoldenCase golden) => golden.Record.GetProperty("token_table").EnumerateObject()
        .ToDictionary(token => token.Name, token => token.Value.GetProperty("id").GetInt32(), StringComparer.Ordinal);

    static Dictionary<string, int> Vocabulary(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        var ids = json.RootElement.GetProperty("model").GetProperty("vocab").EnumerateObject()
            .ToDictionary(token => token.Name, token => token.Value.GetInt32(), StringComparer.Ordinal);
        foreach (var added in json.RootElement.GetProperty("added_tokens").EnumerateArray())
            ids[added.GetProperty("content").GetString()!] = added.GetProperty("id").GetInt32();
        return ids;
    }

    /// <summary>The same file but for ids and the order of added tokens.</summary>
    static void SameSettings(string theirs, string ours)
    {
        string Text(string path)
        {
            var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
            var added = json["added_tokens"]!.AsArray().Select(each => each!.DeepClone().AsObject()).ToArray();
            foreach (var token in added) token.Remove("id");
            json["added_tokens"] = new JsonArray([.. added.OrderBy(token => token["content"]!.ToString(), StringComparer.Ordinal)]);
            return json.ToJsonString();
        }
        Assert.Equal(Text(theirs), Text(ours));
    }
}

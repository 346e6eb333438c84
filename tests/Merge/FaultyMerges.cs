// Wrong and doubtful inputs: what a careful tool refuses, warns of or accepts. The cases are the rows on disk.
using System.Text.Json;
using Majlis.Merge;
using Majlis.Merge.Recipes;
using Majlis.Model;
using Majlis.tests.Support;
using Majlis.Text;
using Xunit;

namespace Majlis.tests.Merge;

[Trait("Golden", "Merging")]
public sealed class FaultyMerges : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static string Root => Shared.Golden("merging");

    static string Results => Path.Combine(Root, "faulty", "results.json");

    public static TheoryData<string?, string> Rows
    {
        get
        {
            var data = new TheoryData<string?, string>();
            if (!File.Exists(Results)) data.Add(null, "absent");
            else
                foreach (var row in Read())
                    data.Add(row.GetProperty("id").GetString()!, row.GetProperty("careful_verdict").GetString()!);
            return data;
        }
    }

    [Theory, MemberData(nameof(Rows))]
    public void Does_what_a_careful_tool_does(string? id, string verdict)
    {
        Assert.SkipWhen(id is null, "goldens/merging/faulty is not here");
        var config = Path.Combine(Root, Read().Single(row => row.GetProperty("id").GetString() == id).GetProperty("config").GetString()!);
        var (refusal, warnings) = Try(config, Output(id!));
        var done = refusal is not null ? "refuse" : warnings.Count > 0 ? "warn" : "accept";
        GoldenReport.Line("Merging", $"faulty/{id}", verdict == done || (verdict, done) == ("accept", "warn") ? 0 : 1, 0);
        if (verdict == "accept") Assert.Null(refusal);
        else Assert.Equal(verdict, done);
        if (refusal is not null) Assert.InRange(refusal.Length, 20, 400);
    }

    /// <summary>What stands where the result is to go: an older model, a file, or (in all other rows) nothing.</summary>
    string Output(string id)
    {
        var output = folder.File("out");
        if (id == "output-is-file") File.WriteAllText(output, "");
        if (id != "output-not-empty") return output;
        Directory.CreateDirectory(output);
        File.WriteAllText(Path.Combine(output, "model.safetensors.index.json"), "{}");
        return output;
    }

    static (string? Refusal, IReadOnlyList<string> Warnings) Try(string config, string output)
    {
        try
        {
            Merger.CheckOutput(output);
            using var plan = MergePlan.Create(MergeRecipe.Read(config), Root);
            foreach (var tensor in plan.Tensors) plan.Method.Merge(tensor, _ => { });
            return (null, plan.Warnings);
        }
        catch (Exception exception) when (exception is MergeRecipeException or ModelFormatException)
        {
            return (exception.Message, []);
        }
    }

    static JsonElement[] Read()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Results));
        return [.. json.RootElement.EnumerateArray().Select(row => row.Clone())];
    }
}

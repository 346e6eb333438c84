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
public sealed class FaultyMerges
{
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
                    if (row.GetProperty("id").GetString() is { } id && !id.StartsWith("output-", StringComparison.Ordinal))
                        data.Add(id, row.GetProperty("careful_verdict").GetString()!);
            return data;
        }
    }

    [Theory, MemberData(nameof(Rows))]
    public void Does_what_a_careful_tool_does(string? id, string verdict)
    {
        Assert.SkipWhen(id is null, "goldens/merging/faulty is not here");
        var config = Path.Combine(Root, Read().Single(row => row.GetProperty("id").GetString() == id).GetProperty("config").GetString()!);
        var (refusal, warnings) = Try(config);
        var done = refusal is not null ? "refuse" : warnings.Count > 0 ? "warn" : "accept";
        GoldenReport.Line("Merging", $"faulty/{id}", verdict == done || (verdict, done) == ("accept", "warn") ? 0 : 1, 0);
        if (verdict == "accept") Assert.Null(refusal);
        else Assert.Equal(verdict, done);
        if (refusal is not null) Assert.InRange(refusal.Length, 20, 400);
    }

    static (string? Refusal, IReadOnlyList<string> Warnings) Try(string config)
    {
        try
        {
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

// Which examples share a row, against TRL's pack_dataset with best fit decreasing, on rows of ids.
using System.Text.Json;
using Majlis.tests.Support;
using Majlis.Trainer.Supervised.Data;
using Xunit;

namespace Majlis.tests.Trainer.Supervised;

[Trait("Golden", "Training")]
public sealed class GoldenPacking
{
    static string File => Shared.Golden("training", "sft_run", "packing.json");

    public static TheoryData<int?> Cases => !System.IO.File.Exists(File) ? [(int?)null]
        : [.. Enumerable.Range(0, Read().Length).Select(index => (int?)index)];

    static JsonElement[] Read()
    {
        using var json = JsonDocument.Parse(System.IO.File.ReadAllBytes(File));
        return [.. json.RootElement.GetProperty("cases").Clone().EnumerateArray()];
    }

    [Theory, MemberData(nameof(Cases))]
    public void Rows_are_filled_as_TRL_fills_them(int? index)
    {
        Assert.SkipWhen(index is null, "goldens/training/sft_run/packing.json is not here");
        var golden = Read()[index!.Value];
        var room = golden.GetProperty("seq_length").GetInt32();
        int[][] Ids(JsonElement rows) =>
            [.. rows.EnumerateArray().Select(row => row.EnumerateArray().Select(id => id.GetInt32()).ToArray())];
        // Longer examples are cut before they are packed.
        var examples = Ids(golden.GetProperty("input_ids")).Select(row => row[..Math.Min(room, row.Length)]).ToArray();
        var rows = Packing.BestFit([.. examples.Select(example => example.Length)], room);
        var expected = Ids(golden.GetProperty("result").GetProperty("bfd").GetProperty("input_ids"));
        var ours = rows.Select(row => row.SelectMany(example => examples[example]).ToArray()).ToArray();
        var wrong = ours.Zip(expected).Count(row => !row.First.SequenceEqual(row.Second));
        GoldenReport.Line("Training", $"sft_run/packing/{index}", wrong, 0);
        Assert.Equal(expected, ours);
    }
}

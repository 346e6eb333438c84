// Which examples share a row and where long ones are cut, against TRL's pack_dataset in each of its ways, on rows of ids.
using System.Text.Json;
using Majlis.tests.Support;
using Majlis.Trainer.Supervised.Data;
using Xunit;

namespace Majlis.tests.Trainer.Supervised;

[Trait("Golden", "Training")]
public sealed class GoldenPacking
{
    static string File => Shared.Golden("training", "sft_run", "packing.json");

    public static TheoryData<int?, string> Cases
    {
        get
        {
            var data = new TheoryData<int?, string>();
            if (!System.IO.File.Exists(File)) data.Add(null, "bfd");
            else
                foreach (var index in Enumerable.Range(0, Read().Length))
                    foreach (var strategy in new[] { "bfd", "bfd_split", "wrapped" }) data.Add(index, strategy);
            return data;
        }
    }

    static JsonElement[] Read()
    {
        using var json = JsonDocument.Parse(System.IO.File.ReadAllBytes(File));
        return [.. json.RootElement.GetProperty("cases").Clone().EnumerateArray()];
    }

    [Theory, MemberData(nameof(Cases))]
    public void Rows_are_filled_as_TRL_fills_them(int? index, string strategy)
    {
        Assert.SkipWhen(index is null, "goldens/training/sft_run/packing.json is not here");
        var golden = Read()[index!.Value];
        var room = golden.GetProperty("seq_length").GetInt32();
        int[][] Ids(JsonElement rows) =>
            [.. rows.EnumerateArray().Select(row => row.EnumerateArray().Select(id => id.GetInt32()).ToArray())];
        var all = Ids(golden.GetProperty("input_ids")).Select(row => new Example(row, [.. row.Select(id => id % 2 == 0)], "")).ToArray();
        Example[] examples =
        [
            .. strategy switch
            {
                "bfd" => all.Select(example => example.CutTo(room)), // cut before they are packed
                "bfd_split" => ExampleParts.Split(all, room),
                _ => ExampleParts.Wrap(all, room),
            },
        ];
        Assert.All(examples, example => Assert.Equal(example.Tokens.Select(id => id % 2 == 0), example.IsTarget));
        var rows = strategy == "wrapped" ? Packing.None(examples.Length)
            : Packing.BestFit([.. examples.Select(example => example.Tokens.Length)], room);
        var expected = Ids(golden.GetProperty("result").GetProperty(strategy).GetProperty("input_ids"));
        var ours = rows.Select(row => row.SelectMany(example => examples[example].Tokens).ToArray()).ToArray();
        var wrong = ours.Zip(expected).Count(row => !row.First.SequenceEqual(row.Second));
        GoldenReport.Line("Training", $"sft_run/packing/{index}/{strategy}", wrong, 0);
        Assert.Equal(expected, ours);
    }
}

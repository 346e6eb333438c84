// Rotary scalings by their papers' definitions, on hand-computed numbers, and every golden table bit for bit.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Families;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Majlis.tests.Torch;
using Majlis.Torch;
using Xunit;

namespace Majlis.tests.Model;

public sealed class RotaryScalingTests
{
    static readonly Rotary plain = new(RotaryStyle.HalfSplit, 8, 10000);

    public static TheoryData<string> Tables => Directory.Exists(Shared.Golden("architectures"))
        ? [.. Directory.GetDirectories(Shared.Golden("architectures")).Where(folder => File.Exists(Path.Combine(folder, "config.json")))
            .Select(folder => Path.GetFileName(folder)!).Order()]
        : ["absent"];

    [Theory, MemberData(nameof(Tables)), Trait("Golden", "Architectures")]
    public void Inverse_frequencies_equal_the_golden_to_the_bit(string name)
    {
        Assert.SkipWhen(name == "absent", "not here: goldens/architectures");
        using var config = JsonDocument.Parse(File.ReadAllText(Shared.Golden("architectures", name, "config.json")));
        using var golden = SafetensorsFile.Open(Shared.Golden("architectures", name, "golden.safetensors"));
        var blueprint = Families.Read(config.RootElement);
        var mismatches = 0;
        foreach (var table in golden.Tensors.Values.Where(tensor => tensor.Name.StartsWith("rope.inv_freq", StringComparison.Ordinal)))
        {
            var expected = new float[table.Elements];
            golden.Read(table.Name, 0, expected);
            var layer = blueprint.Layers.First(layer => layer.Attention.Rotary is not null
                && (table.Name == "rope.inv_freq"
                    || table.Name.EndsWith("sliding_attention", StringComparison.Ordinal) == layer.Attention.Window is not null));
            mismatches += RotaryTable.InverseFrequencies(layer.Attention.Rotary!, 64).Zip(expected)
                .Count(pair => pair.First != pair.Second);
        }
        GoldenReport.Line("Architectures", $"{name} inverse frequencies", mismatches, 0);
        Assert.Equal(0, mismatches);
    }

    [Fact]
    public void Linear_divides_positions()
    {
        Assert.Equal(RotaryTable.InverseFrequencies(plain, 1).Select(f => f / 4),
            RotaryTable.InverseFrequencies(plain with { Scaling = new LinearScaling(4) }, 1));
    }

    [Fact]
    public void Dynamic_changes_nothing_within_the_trained_length_and_grows_the_base_beyond()
    {
        var scaled = plain with { Scaling = new DynamicScaling(2, 100) };
        Assert.Equal(RotaryTable.InverseFrequencies(plain, 50), RotaryTable.InverseFrequencies(scaled, 100));
        // theta' = theta (2 * 300 / 100 - 1)^(8 / 6)
        var theta = 10000 * Math.Pow(5, 8.0 / 6);
        Near([1, Math.Pow(theta, -0.25), Math.Pow(theta, -0.5), Math.Pow(theta, -0.75)], RotaryTable.InverseFrequencies(scaled, 300));
    }

    [Fact]
    public void Yarn_keeps_fast_dimensions_interpolates_slow_ones_and_ramps_between()
    {
        var scaled = plain with { Dimensions = 16, Scaling = new YarnScaling(4, 2048) };
        // Dimension that turns r times over 2048 positions: 16 ln(2048 / (2 pi r)) / (2 ln 10000); r = 32: 2.01, r = 1: 5.03.
        var (low, high) = (Math.Floor(Dimension(32)), Math.Ceiling(Dimension(1)));
        Assert.Equal((2, 6), (low, high));
        var expected = Enumerable.Range(0, 8).Select(i =>
        {
            var (frequency, keep) = (Math.Pow(10000, -i / 8.0), 1 - Math.Clamp((i - low) / (high - low), 0, 1));
            return frequency / 4 * (1 - keep) + frequency * keep;
        });
        Near(expected, RotaryTable.InverseFrequencies(scaled, 1));
        Assert.Equal(0.1 * Math.Log(4) + 1, scaled.AttentionFactor, 1e-6);

        static double Dimension(double rotations) => 16 * Math.Log(2048 / (rotations * 2 * Math.PI)) / (2 * Math.Log(10000));
    }

    [Fact]
    public void Yarn_temperatures_by_mscale_are_a_ratio()
    {
        var scaling = new YarnScaling(40, 4096) { Mscale = 0.707, MscaleAllDimensions = 1.0 };
        Assert.Equal((0.1 * 0.707 * Math.Log(40) + 1) / (0.1 * Math.Log(40) + 1), scaling.AttentionFactor, 1e-6);
        Assert.Equal(1.25f, (scaling with { GivenAttentionFactor = 1.25 }).AttentionFactor);
    }

    [Fact]
    public void Longrope_has_divisors_for_short_and_for_long_sequences()
    {
        var scaled = plain with { Scaling = new LongRopeScaling([1, 1, 1.5, 2], [1, 3, 9, 27], 32, 4096) };
        Near([1, 0.1, 0.01 / 1.5, 0.001 / 2], RotaryTable.InverseFrequencies(scaled, 4096));
        Near([1, 0.1 / 3, 0.01 / 9, 0.001 / 27], RotaryTable.InverseFrequencies(scaled, 4097));
        Assert.Equal(Math.Sqrt(1 + Math.Log(32) / Math.Log(4096)), scaled.AttentionFactor, 1e-6);
    }

    [Fact]
    public void Dynamic_is_relative_to_the_longest_position_whatever_the_original_length()
    {
        Assert.Equal(new DynamicScaling(2, 512), Scaling("llama",
            """{"rope_type": "dynamic", "factor": 2, "original_max_position_embeddings": 64}"""));
    }

    [Fact]
    public void A_scaling_beside_plain_parameters_counts_and_their_base_stays()
    {
        var rotary = Read("llama", ("rope_parameters", JsonNode.Parse("""{"rope_type": "default", "rope_theta": 500.0}""")),
            ("rope_scaling", JsonNode.Parse("""{"type": "linear", "factor": 4}""")));
        Assert.Equal((500.0, new LinearScaling(4)), (rotary.Theta, rotary.Scaling));
        rotary = Read("llama", ("rope_parameters", JsonNode.Parse("""{"rope_type": "linear", "factor": 2, "rope_theta": 500.0}""")),
            ("rope_scaling", JsonNode.Parse("""{"type": "linear", "factor": 4}""")));
        Assert.Equal(new LinearScaling(2), rotary.Scaling);
    }

    [Fact]
    public void A_length_beside_the_scaling_comes_before_the_one_within()
    {
        const string llama3 = """{"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4}""";
        Assert.Equal(new Llama3Scaling(8, 1, 4, 512), Scaling("llama", llama3));
        Assert.Equal(new Llama3Scaling(8, 1, 4, 64), Scaling("llama", llama3, ("original_max_position_embeddings", 64)));
        const string within = """
            {"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 32}
            """;
        Assert.Equal(new Llama3Scaling(8, 1, 4, 32), Scaling("llama", within));
        Assert.Equal(new Llama3Scaling(8, 1, 4, 64), Scaling("llama", within, ("original_max_position_embeddings", 64)));
    }

    [Theory]
    [InlineData("longrope", "llama", "", 4.0, 64)]
    [InlineData("longrope", "llama", ", \"factor\": 3", 3.0, 64)]
    [InlineData("longrope", "phi3", ", \"factor\": 3", 3.0, 4096)]
    [InlineData("su", "phi3", "", 0.0625, 4096)]
    [InlineData("yarn", "phi3", "", 0.0625, 4096)]
    public void Longrope_takes_its_factor_where_given_else_the_ratio_of_lengths(string type, string family, string factor,
        double expected, int original)
    {
        var scaling = Assert.IsType<LongRopeScaling>(Scaling(family, $$"""
            {"type": "{{type}}", "short_factor": [1, 1, 1, 1], "long_factor": [2, 2, 2, 2],
             "original_max_position_embeddings": 64{{factor}}}
            """, ("max_position_embeddings", 256)));
        Assert.Equal((expected, original), (scaling.Factor, scaling.OriginalLength));
    }

    [Fact]
    public void Lengths_of_one_rotation_share_their_keys_and_others_do_not()
    {
        var blueprint = TinyModel.Blueprint("phi3", ("original_max_position_embeddings", 16), ("rope_scaling",
            JsonNode.Parse("""{"type": "longrope", "short_factor": [1, 1, 1, 1], "long_factor": [2, 2, 2, 2]}""")));
        Assert.Equal(blueprint.RotationOf(3), blueprint.RotationOf(16));
        Assert.Equal(blueprint.RotationOf(17), blueprint.RotationOf(99));
        Assert.NotEqual(blueprint.RotationOf(16), blueprint.RotationOf(17));
        Assert.Equal(0, TinyModel.Blueprint("llama").RotationOf(99));
        Assert.NotEqual(Majlis.Inference.BlockKey.Root("w", null, null, 16), Majlis.Inference.BlockKey.Root("w", null, null, 17));
    }

    static RotaryScaling? Scaling(string family, string scaling, params (string Name, JsonNode? Value)[] more) =>
        Read(family, [("rope_scaling", JsonNode.Parse(scaling)), .. more]).Scaling;

    static Rotary Read(string family, params (string Name, JsonNode? Value)[] fields) =>
        TinyModel.Blueprint(family, fields).Layers[0].Attention.Rotary!;

    static void Near(IEnumerable<double> expected, float[] found)
    {
        foreach (var (e, f) in expected.Zip(found, (e, f) => (e, f))) Assert.Equal(e, f, Math.Abs(e) * 1e-6);
    }
}

// Every decoder family against transformers, through the plain transformer: logits, states, batches, loss, gradients, bf16.
using System.Text.Json;
using Majlis.Torch;
using Xunit;
using static Majlis.tests.Torch.ArchitectureCase;
using static TorchSharp.torch;

namespace Majlis.tests.Torch;

[Trait("Golden", "Architectures")]
public sealed class ArchitectureGoldenTests
{
    public static TheoryData<string> Decoders => Having(found => found.IsDecoder);

    public static TheoryData<string> Trained => Having(found => found.Has("loss"));

    public static TheoryData<string> Graded =>
        Having(found => found.Has("loss") && found.Tensors.Any(name => name.StartsWith("grad.", StringComparison.Ordinal)));

    public static TheoryData<string> Batched => Having(found => found.IsDecoder && found.Has("batch"));

    public static TheoryData<string> Tapped => Having(found => found.IsDecoder && found.HasTensor("hidden.embed"));

    public static TheoryData<string> Rounded => Having(found => found.IsDecoder && found.Has("bf16"));

    [Theory, MemberData(nameof(Decoders))]
    public void Logits_at_every_position_from_both_configs(string name)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var golden = new ArchitectureCase(name);
        foreach (var config in (string[])["config.json", "config.v4.json"])
        {
            var (blueprint, weights) = golden.Open(config);
            using var network = Load(blueprint, weights);
            var worst = golden.Prompts.Select((prompt, i) => Distance(network.Forward(Ids(prompt))[0], golden.Expected($"logits.{i}")))
                .Max();
            golden.Report(config == "config.json" ? "logits" : "logits (v4 config)", worst, golden.Tolerance);
        }
    }

    [Theory, MemberData(nameof(Tapped))]
    public void Hidden_states_of_every_layer(string name)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var golden = new ArchitectureCase(name);
        var (blueprint, weights) = golden.Open();
        using var network = Load(blueprint, weights);
        var taps = new List<Tensor>();
        var final = network.States(Ids(golden.Prompts[2]), taps: taps)[0];
        var worst = Math.Max(Distance(taps[0][0], golden.Expected("hidden.embed")), Distance(final, golden.Expected("hidden.final")));
        for (var layer = 0; layer < blueprint.Layers.Length; layer++)
            worst = Math.Max(worst, Distance(taps[layer + 1][0], golden.Expected($"hidden.layer.{layer}")));
        golden.Report("hidden states", worst, golden.Tolerance);
    }

    [Theory, MemberData(nameof(Decoders))]
    public void Greedy_continuation_by_one_full_pass(string name)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var golden = new ArchitectureCase(name);
        var (blueprint, weights) = golden.Open();
        using var network = Load(blueprint, weights);
        var wrong = 0;
        foreach (var greedy in golden.Golden.GetProperty("greedy").EnumerateArray())
        {
            var prompt = golden.Prompts[greedy.GetProperty("prompt").GetInt32()];
            var ids = greedy.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();
            // One pass over prompt and answer: the best token at each position must be the next one, which by induction proves the loop.
            var best = network.Forward(Ids([.. prompt, .. ids]))[0].argmax(-1).data<long>().ToArray();
            wrong += ids.Where((id, step) => best[prompt.Length - 1 + step] != id).Count();
        }
        golden.Report("greedy, full pass", wrong, 0);
    }

    [Theory, MemberData(nameof(Batched))]
    public void Padded_batches_equal_single_prompts(string name)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var golden = new ArchitectureCase(name);
        var (blueprint, weights) = golden.Open();
        using var network = Load(blueprint, weights);
        foreach (var side in (string[])["right", "left"])
        {
            var batch = golden.Golden.GetProperty("batch").GetProperty(side);
            var (ids, mask) = (Numbers(batch.GetProperty("input_ids")), Numbers(batch.GetProperty("attention_mask")));
            var logits = network.Forward(Ids(ids), Ids(mask));
            var worst = 0.0;
            for (var row = 0; row < ids.Length; row++)
            {
                var (first, count) = (Array.IndexOf(mask[row], 1), mask[row].Sum());
                var single = golden.Expected($"logits.{row + 1}").narrow(0, 0, count);
                worst = Math.Max(worst, Distance(logits[row].narrow(0, first, count), single));
            }
            golden.Report($"padded {side}", worst, golden.Tolerance);
        }
    }

    [Theory, MemberData(nameof(Trained))]
    public void Loss_and_masked_loss(string name)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var golden = new ArchitectureCase(name);
        var (blueprint, weights) = golden.Open();
        using var network = Load(blueprint, weights);
        var loss = golden.Golden.GetProperty("loss");
        var worst = Math.Max(Error("mean_ce", 0), Error("masked_mean_ce", loss.GetProperty("masked_first").GetInt32()));
        golden.Report("loss", worst, 2e-6);

        double Error(string field, int masked)
        {
            var expected = loss.GetProperty(field).GetDouble();
            var found = CrossEntropy(network, golden.Prompts[loss.GetProperty("prompt").GetInt32()], masked).Number();
            return Math.Abs(found - expected) / expected;
        }
    }

    [Theory, MemberData(nameof(Graded))]
    public void Gradients_of_every_parameter(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new ArchitectureCase(name);
        var (blueprint, weights) = golden.Open();
        using var network = Load(blueprint, weights);
        foreach (var weight in network.Weights.Values) weight.requires_grad_(true);
        CrossEntropy(network, golden.Prompts[golden.Golden.GetProperty("loss").GetProperty("prompt").GetInt32()], 0).backward();
        golden.Report("gradients, relative", WorstGradient(golden, network), 1e-4);
    }

    [Theory, MemberData(nameof(Rounded))]
    public void Bf16_stays_as_near_to_fp32_as_transformers_does(string name)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var golden = new ArchitectureCase(name);
        var (blueprint, weights) = golden.Open();
        using var network = Load(blueprint, weights, ScalarType.BFloat16);
        var theirs = golden.Golden.GetProperty("bf16").GetProperty("per_prompt");
        var worst = 0.0;
        for (var i = 2; i < golden.Prompts.Length; i++)
        {
            var distance = (network.Forward(Ids(golden.Prompts[i]))[0].to(ScalarType.Float32) - golden.Expected($"logits.{i}")).abs();
            worst = Math.Max(worst, Bf16Share(distance, theirs[i]));
        }
        golden.Report("bf16, share of the tolerance", worst, 1);
    }

    /// <summary>The mean difference must be at most twice, the largest at most three times that of transformers.</summary>
    internal static double Bf16Share(Tensor distance, JsonElement theirs) => Math.Max(
        distance.mean().Number() / (2 * theirs.GetProperty("mean_abs").GetDouble()),
            distance.max().Number() / (3 * theirs.GetProperty("max_abs").GetDouble()));

    /// <summary>The largest error of a gradient, relative to its tensor's largest value or to a thousandth of the model's.</summary>
    internal static double WorstGradient(ArchitectureCase golden, Transformer network)
    {
        var names = golden.Tensors.Where(name => name.StartsWith("grad.", StringComparison.Ordinal)).ToArray();
        Assert.Equal(network.Weights.Keys.Order(), names.Select(name => name["grad.".Length..]).Order());
        var largest = names.Max(name => golden.Expected(name).abs().max().Number());
        return names.Max(name =>
        {
            var expected = golden.Expected(name);
            return Distance(network.Weights[name["grad.".Length..]].grad!, expected) / Math.Max(expected.abs().max().Number(),
                1e-3 * largest);
        });
    }

    static Tensor CrossEntropy(Transformer network, int[] prompt, int masked)
    {
        var logits = network.Forward(Ids(prompt))[0];
        var labels = Ids(prompt)[0].clone();
        if (masked > 0) labels.narrow(0, 0, masked).zero_().PlusInPlace(-100);
        return nn.functional.cross_entropy(logits.narrow(0, 0, prompt.Length - 1), labels.narrow(0, 1, prompt.Length - 1),
            ignore_index: -100);
    }

    static Transformer Load(Majlis.Model.Blueprint blueprint, Majlis.Model.IWeightSource weights, ScalarType dtype = ScalarType.Float32)
    {
        using (weights) return new Transformer(blueprint, weights, dtype);
    }
}

// SmolLM2-135M against transformers in fp32, through the serving network: prompts, greedy answers, perplexity, states, rotary table.
using System.Text.Json;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Majlis.Torch;
using Xunit;
using static Majlis.tests.Torch.SmolLM2Fixture;
using static TorchSharp.torch;

namespace Majlis.tests.Torch;

[Trait("Golden", "SmolLM2")]
public sealed class SmolLM2GoldenTests(SmolLM2Fixture model) : IClassFixture<SmolLM2Fixture>
{
    const double Tolerance = 2e-4;

    public static TheoryData<string> Prompts => [.. Cases.Select(item => item.GetProperty("name").GetString()!).DefaultIfEmpty("absent")];

    public static TheoryData<int> Texts => File.Exists(Shared.Golden("smollm2", "perplexity.json"))
        ? [.. Json("perplexity.json").GetProperty("texts").EnumerateArray().Select((text, i) => (text, i))
            .Where(pair => pair.text.TryGetProperty("ids", out _)).Select(pair => pair.i)]
        : [-1];

    [Theory, MemberData(nameof(Prompts))]
    public void Prompt_log_probabilities_last_logits_and_the_twenty_best(string name)
    {
        var (golden, run) = (Case(name), model.Run(name));
        var scores = Floats(golden.GetProperty("prompt_logprobs"));
        Report($"{name} prompt log-probabilities",
            scores.Zip(run.LogProbabilities).Skip(1).Select(pair => Math.Abs(pair.First - pair.Second)).DefaultIfEmpty().Max());

        using var file = SafetensorsFile.Open(Shared.Golden("smollm2", "last_logits.safetensors"));
        var logits = new float[run.LastLogits.Length];
        file.Read(name, 0, logits);
        Report($"{name} last logits", logits.Zip(run.LastLogits).Max(pair => Math.Abs(pair.First - pair.Second)));

        var best = Ints(golden.GetProperty("top_ids"));
        using var scope = NewDisposeScope();
        var found = tensor(run.LastLogits).log_softmax(0);
        var top = Floats(golden.GetProperty("top_logprobs"));
        Report($"{name} twenty best", best.Select((id, i) => Math.Abs(found[id].Number() - top[i])).Max());
        Assert.Equal(best.Length, found.data<float>().ToArray().Count(score => score >= top.Min() - Tolerance));
    }

    [Theory, MemberData(nameof(Prompts))]
    public void Greedy_answers_token_by_token(string name)
    {
        var (golden, run) = (Case(name).GetProperty("greedy"), model.Run(name));
        var (ids, margins, scores) =
            (Ints(golden.GetProperty("ids")), Floats(golden.GetProperty("margins")), Floats(golden.GetProperty("logprobs")));
        var wrong = ids.Where((id, i) => run.Ids[i] != id && margins[i] > 2 * Tolerance).Count();
        GoldenReport.Line("SmolLM2", $"{name} greedy ids", wrong, 0);
        Assert.Equal(0, wrong);
        Report($"{name} greedy log-probabilities", scores.Zip(run.Scores).Max(pair => Math.Abs(pair.First - pair.Second)));
    }

    [Theory, MemberData(nameof(Texts))]
    public void Perplexity(int index)
    {
        Assert.SkipWhen(index < 0, "not here: goldens/smollm2/perplexity.json");
        Shared.Require(Shared.SmolLM2);
        var golden = Json("perplexity.json").GetProperty("texts")[index];
        var paged = model.Begin();
        var (scores, _) = model.Prefill(paged, paged.Begin(), Ints(golden.GetProperty("ids")));
        var sum = scores.Skip(1).Sum(score => (double)score);
        var perplexity = Math.Exp(-sum / golden.GetProperty("n_predicted").GetInt32());
        Report($"perplexity of text {index}, relative", Math.Abs(perplexity / golden.GetProperty("perplexity").GetDouble() - 1));
    }

    [Fact]
    public void Hidden_states_of_the_plain_transformer()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var file = SafetensorsFile.Open(Shared.Require(Shared.Golden("smollm2", "hidden_states.safetensors")));
        using var checkpoint = Checkpoint.Open(Shared.Require(Shared.SmolLM2));
        using var network = new Transformer(checkpoint.Blueprint, checkpoint.Weights);
        var taps = new List<Tensor>();
        var ids = Ints(Cases.First().GetProperty("prompt_ids"));
        var final = network.States(ArchitectureCase.Ids(ids), taps: taps);
        taps[^1] = final; // the library's last entry is the state after the final norm
        var expected = Read(file, "hidden_states"); // [layers + 1, T, C]
        var worst = taps.Select((tap, layer) => ArchitectureCase.Distance(tap[0], expected[layer]) / expected[layer].abs().max().Number())
            .Max();
        GoldenReport.Line("SmolLM2", "hidden states, relative to each layer's largest", worst, 1e-5);
        Assert.True(worst <= 1e-5, $"worst {worst:g3}");
        Report("logits of the last positions",
            ArchitectureCase.Distance(network.Logits(final)[0].narrow(0, ids.Length - 4, 4), Read(file, "logits")));
    }

    [Fact]
    public void Rotary_table_bit_for_bit()
    {
        var golden = Json("rope.json");
        var expected = Floats(golden.GetProperty("inv_freq"));
        var rotary = new Rotary(RotaryStyle.HalfSplit, 64, 100_000);
        var mismatches = RotaryTable.InverseFrequencies(rotary, 8192).Zip(expected).Count(pair => pair.First != pair.Second);
        GoldenReport.Line("SmolLM2", "rope inverse frequencies", mismatches, 0);
        Assert.Equal(0, mismatches);
        var worst = golden.GetProperty("positions").EnumerateArray().Max(row =>
        {
            using var scope = NewDisposeScope();
            var (cos, sin) = RotaryTable.Angles(rotary, tensor(new[] { row.GetProperty("position").GetInt64() }), 8192);
            return Math.Max(ArchitectureCase.Distance(cos[0].narrow(0, 0, 32), tensor(Floats(row.GetProperty("cos")))),
                ArchitectureCase.Distance(sin[0].narrow(0, 32, 32), tensor(Floats(row.GetProperty("sin")))));
        });
        GoldenReport.Line("SmolLM2", "rope cosines and sines", worst, 6e-8);
        Assert.True(worst <= 6e-8, $"worst {worst:g3}");
    }

    internal static JsonElement Case(string name)
    {
        Assert.SkipWhen(name == "absent", "not here: goldens/smollm2/prompts.json");
        Shared.Require(Shared.SmolLM2);
        return Cases.Single(item => item.GetProperty("name").GetString() == name);
    }

    static Tensor Read(SafetensorsFile file, string name)
    {
        var values = new float[file.Tensors[name].Elements];
        file.Read(name, 0, values);
        return tensor(values).reshape([.. file.Tensors[name].Shape]);
    }

    static void Report(string name, double worst)
    {
        GoldenReport.Line("SmolLM2", name, worst, Tolerance);
        Assert.True(worst <= Tolerance, $"{name}: worst {worst:g3}, tolerance {Tolerance:g3}");
    }
}

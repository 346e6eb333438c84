// The sampler against reference distributions: single truncations by transformers' own classes, whole pipelines in the order that vLLM
// documents. One case per file and kind.
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Majlis.Inference;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class SamplingGoldenTests
{
    const double Tolerance = 1e-6;

    public static TheoryData<string> Singles => Kinds("single.json", entry => entry.GetProperty("params").EnumerateObject().Single().Name);

    public static TheoryData<string> Pipelines => Kinds("pipeline.json", entry => entry.GetProperty("logits").GetString()!);

    [Theory, MemberData(nameof(Singles)), Trait("Golden", "Decoding")]
    public void One_truncation_at_a_time_gives_the_distribution_of_transformers(string kind)
    {
        var worst = 0.0;
        foreach (var entry in Read("single.json").Where(entry => entry.GetProperty("params").TryGetProperty(kind, out _)))
        {
            var sorted = entry.TryGetProperty("tie_order_not_normative", out var ties) && ties.GetBoolean();
            worst = Math.Max(worst, Distance(entry, "probs", sorted));
        }
        GoldenReport.Line("Decoding", $"sampling/single {kind}", worst, Tolerance);
        Assert.InRange(worst, 0, Tolerance);
    }

    [Theory, MemberData(nameof(Pipelines)), Trait("Golden", "Decoding")]
    public void All_options_act_in_the_order_of_vllm(string logits)
    {
        var worst = 0.0;
        foreach (var entry in Read("pipeline.json").Where(entry => entry.GetProperty("logits").GetString() == logits))
        {
            if (!entry.TryGetProperty("vllm_order_probs_recomputed_float64", out _)) continue;
            var sorted = entry.TryGetProperty("tie_at_top_p_boundary", out var ties) && ties.GetBoolean();
            worst = Math.Max(worst, Distance(entry, "vllm_order_probs_recomputed_float64", sorted));
        }
        GoldenReport.Line("Decoding", $"sampling/pipeline {logits}", worst, Tolerance);
        Assert.InRange(worst, 0, Tolerance);
    }

    [Theory, MemberData(nameof(Pipelines)), Trait("Golden", "Decoding")]
    public void Where_the_two_orders_cannot_differ_transformers_is_met_as_well(string logits)
    {
        var worst = 0.0;
        foreach (var entry in Read("pipeline.json").Where(entry => entry.GetProperty("logits").GetString() == logits))
        {
            // There min_p and top_p are swapped, and bad words also match the prompt.
            if (!entry.TryGetProperty("transformers_probs", out _) || Has(entry, "min_p") || Has(entry, "bad_words_ids")) continue;
            worst = Math.Max(worst, Distance(entry, "transformers_probs", Has(entry, "top_p")));
        }
        GoldenReport.Line("Decoding", $"sampling/transformers {logits}", worst, Tolerance);
        Assert.InRange(worst, 0, Tolerance);
    }

    static double Distance(JsonElement entry, string key, bool sorted)
    {
        var logits = Row(entry.GetProperty("logits").GetString()!);
        var sampler = new Sampler(logits.Length);
        var options = Options(entry.GetProperty("params"));
        var actual = sampler.Distribution(logits, options, Ids(entry, "prompt_ids"), Ids(entry, "output_ids"), Ids(entry, "eos_ids"));
        var expected = new float[logits.Length];
        foreach (var pair in entry.GetProperty(key).EnumerateArray()) expected[pair[0].GetInt32()] = pair[1].GetSingle();
        if (sorted)
        {
            Array.Sort(actual);
            Array.Sort(expected);
        }
        return actual.Zip(expected, (a, b) => Math.Abs((double)a - b)).Max();
    }

    static SamplingOptions Options(JsonElement from)
    {
        var options = new SamplingOptions();
        foreach (var property in from.EnumerateObject())
        {
            var value = property.Value;
            options = property.Name switch
            {
                "temperature" => options with { Temperature = value.GetSingle() },
                "top_k" => options with { TopK = value.GetInt32() },
                "top_p" => options with { TopP = value.GetSingle() },
                "min_p" => options with { MinP = value.GetSingle() },
                "typical_p" => options with { TypicalP = value.GetSingle() },
                "epsilon_cutoff" => options with { EpsilonCutoff = value.GetSingle() },
                "eta_cutoff" => options with { EtaCutoff = value.GetSingle() },
                "top_h" => options with { TopH = value.GetSingle() },
                "repetition_penalty" => options with { RepetitionPenalty = value.GetSingle() },
                "frequency_penalty" => options with { FrequencyPenalty = value.GetSingle() },
                "presence_penalty" => options with { PresencePenalty = value.GetSingle() },
                "min_tokens" => options with { MinTokens = value.GetInt32() },
                "no_repeat_ngram_size" => options with { NoRepeatNgram = value.GetInt32() },
                "allowed_token_ids" => options with { AllowedTokenIds = Ints(value) },
                "bad_words_ids" => options with { BadWords = [.. value.EnumerateArray().Select(Ints)] },
                "suppress_tokens" => Bias(options, value.EnumerateArray().Select(id => (id.GetInt32(), float.NegativeInfinity))),
                "logit_bias" => Bias(options, value.EnumerateObject()
                    .Select(bias => (int.Parse(bias.Name, CultureInfo.InvariantCulture), bias.Value.GetSingle()))),
                _ => throw new InvalidDataException($"The golden uses {property.Name}, which this test does not know."),
            };
        }
        return options;
    }

    static SamplingOptions Bias(SamplingOptions options, IEnumerable<(int Id, float Bias)> biases) =>
        options with { LogitBias = options.LogitBias.SetItems(biases.Select(bias => KeyValuePair.Create(bias.Id, bias.Bias))) };

    static TheoryData<string> Kinds(string file, Func<JsonElement, string> kind)
    {
        var data = new TheoryData<string>();
        var path = Shared.Golden("decoding", "sampling", file);
        if (!File.Exists(path)) data.Add("absent");
        else foreach (var name in Read(file).Select(kind).Distinct()) data.Add(name);
        return data;
    }

    static List<JsonElement> Read(string file) =>
        [.. JsonDocument.Parse(File.ReadAllText(Shared.Require(Shared.Golden("decoding", "sampling", file)))).RootElement.EnumerateArray()];

    static float[] Row(string name) =>
        [.. JsonDocument.Parse(File.ReadAllText(Shared.Golden("decoding", "sampling", "logits.json"))).RootElement
            .GetProperty(name).EnumerateArray().Select(value => value.GetSingle())];

    static int[] Ids(JsonElement entry, string key) => entry.TryGetProperty(key, out var ids) ? [.. Ints(ids)] : [];

    static ImmutableArray<int> Ints(JsonElement array) => [.. array.EnumerateArray().Select(id => id.GetInt32())];

    static bool Has(JsonElement entry, string option) => entry.GetProperty("params").TryGetProperty(option, out _);
}

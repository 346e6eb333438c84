// Ranking several answers, against the definition.
using System.Globalization;
using System.Text.Json;
using Majlis.Inference;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class BestOfGoldenTests
{
    public static TheoryData<string> Cases
    {
        get
        {
            var path = Shared.Golden("decoding", "best_of_n.json");
            if (!File.Exists(path)) return new("absent");
            var data = new TheoryData<string>();
            for (var i = 0; i < Read(path).GetArrayLength(); i++) data.Add($"{i}");
            return data;
        }
    }

    [Theory, MemberData(nameof(Cases)), Trait("Golden", "Decoding")]
    public void The_best_answer_is_the_one_of_the_definition(string index)
    {
        var entry = Read(Shared.Require(Shared.Golden("decoding", "best_of_n.json")))[int.Parse(index, CultureInfo.InvariantCulture)];
        var candidates = entry.GetProperty("candidates").EnumerateArray().ToList();
        var logProbs = candidates.ConvertAll(one => Numbers(one.GetProperty("token_logprobs")).Select(p => (float)p).ToArray());
        double[] sums = [.. logProbs.Select(p => BestOf.Sum(p))], means = [.. logProbs.Select(p => BestOf.Mean(p))];
        double[] rewards = [.. candidates.Select(one => one.GetProperty("reward").GetDouble())];

        var worst = Math.Max(Worst(sums, entry.GetProperty("sum_logprob")), Worst(means, entry.GetProperty("mean_logprob")));
        GoldenReport.Line("Decoding", $"best_of_n {index}", worst, 1e-6);
        Assert.InRange(worst, 0, 1e-6);
        Assert.Equal(entry.GetProperty("best_by_sum").GetInt32(), BestOf.Order(sums)[0]);
        Assert.Equal(entry.GetProperty("best_by_mean").GetInt32(), BestOf.Order(means)[0]);
        Assert.Equal(entry.GetProperty("best_by_reward").GetInt32(), BestOf.Order(rewards)[0]);
        Assert.Equal(entry.GetProperty("order_by_mean_desc_stable").EnumerateArray().Select(i => i.GetInt32()), BestOf.Order(means));
        Assert.Equal(entry.GetProperty("worst_by_reward").GetInt32(), BestOf.Order([.. rewards.Select(reward => -reward)])[0]);
    }

    static double Worst(double[] actual, JsonElement expected) =>
        actual.Zip(Numbers(expected), (one, other) => Math.Abs(one - other)).Max();

    static IEnumerable<double> Numbers(JsonElement array) => array.EnumerateArray().Select(number => number.GetDouble());

    static JsonElement Read(string path) => JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("cases");
}

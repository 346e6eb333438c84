// SmolLM2 in fp32, run once for all its goldens: every prompt is prefilled in chunks over the paged cache, then all are decoded together.
using System.Text.Json;
using Majlis.Model;
using Majlis.tests.Support;
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.tests.Torch;

public class SmolLM2Fixture : IDisposable
{
    const int Chunk = 256;

    readonly Lazy<(Blueprint Blueprint, INetwork Network)> model;
    readonly Lazy<Dictionary<string, SmolLM2Run>> runs;

    public SmolLM2Fixture()
    {
        model = new(() =>
        {
            using var checkpoint = Checkpoint.Open(Shared.Require(Shared.SmolLM2));
            return (checkpoint.Blueprint, Open(checkpoint));
        });
        runs = new(RunAll);
    }

    protected virtual INetwork Open(Checkpoint checkpoint) =>
        new TorchNetwork(checkpoint.Blueprint, checkpoint.Weights, new TorchOptions { DType = ComputeType.Float32 });

    internal SmolLM2Run Run(string name) => runs.Value[name];

    public static JsonElement Json(string file) =>
        JsonDocument.Parse(File.ReadAllText(Shared.Require(Shared.Golden("smollm2", file)))).RootElement;

    public static IEnumerable<JsonElement> Cases => File.Exists(Shared.Golden("smollm2", "prompts.json"))
        ? Json("prompts.json").GetProperty("cases").EnumerateArray() : [];

    public static float[] Floats(JsonElement list) =>
        [.. list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Null ? float.NaN : item.GetSingle())];

    public static int[] Ints(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetInt32())];

    /// <summary>
    /// [n] log-probabilities (natural) of each token after those before it; the first is NaN. Last: the logits of the last position.
    /// </summary>
    internal (float[] LogProbabilities, float[] Last) Prefill(Paged paged, Paged.Text text, int[] ids)
    {
        var found = new float[ids.Length];
        var row = new float[model.Value.Blueprint.VocabularySize];
        found[0] = float.NaN;
        for (var at = 0; at < ids.Length; at += Chunk)
        {
            using var result = paged.Step(LogitRows.All, (text, ids[at..Math.Min(ids.Length, at + Chunk)]));
            for (var i = 0; i < result.RowCount; i++)
            {
                result.ReadLogits(i, row);
                if (at + i + 1 < ids.Length) found[at + i + 1] = LogSoftmax(row)[ids[at + i + 1]];
            }
        }
        return (found, row);
    }

    internal Paged Begin() => new(model.Value.Network, blocks: 512);

    static LogRow LogSoftmax(float[] row) => new(row);

    readonly struct LogRow(float[] row)
    {
        readonly double logSum = LogSum(row);

        public float this[int id] => (float)(row[id] - logSum);

        static double LogSum(float[] row)
        {
            using var logits = tensor(row);
            using var wide = logits.to(ScalarType.Float64);
            using var sum = wide.logsumexp(0, false);
            return sum.Number();
        }
    }

    Dictionary<string, SmolLM2Run> RunAll()
    {
        var paged = Begin();
        var cases = Cases.Select(item => (Name: item.GetProperty("name").GetString()!, Item: item, Text: paged.Begin())).ToArray();
        var all = new Dictionary<string, SmolLM2Run>();
        foreach (var (name, item, text) in cases)
        {
            var (scores, last) = Prefill(paged, text, Ints(item.GetProperty("prompt_ids")));
            all[name] = new SmolLM2Run(scores, last, [], []);
        }
        Decode(paged, cases, all);
        return all;
    }

    // The golden's token is fed back, so that one wrong token counts once.
    static void Decode(Paged paged, (string Name, JsonElement Item, Paged.Text Text)[] cases, Dictionary<string, SmolLM2Run> all)
    {
        foreach (var (name, _, _) in cases) all[name].Add(Greedy(all[name].LastLogits));
        for (var step = 0; ; step++)
        {
            var running = cases.Select(item => (item.Name, item.Text, Ids: Ints(item.Item.GetProperty("greedy").GetProperty("ids"))))
                .Where(item => step < item.Ids.Length - 1).ToArray();
            if (running.Length == 0) return;
            using var result = paged.Step(LogitRows.Last, [.. running.Select(item => (item.Text, new[] { item.Ids[step] }))]);
            var drawn = new SampledToken[running.Length];
            result.Sample([.. running.Select((_, i) => new SamplingPlan(i, 0, 0, 1, 0, 0))], drawn);
            for (var i = 0; i < running.Length; i++) all[running[i].Name].Add(drawn[i]);
        }
    }

    static SampledToken Greedy(float[] logits)
    {
        var best = Array.IndexOf(logits, logits.Max());
        return new SampledToken(best, LogSoftmax(logits)[best]);
    }

    public void Dispose()
    {
        if (model.IsValueCreated) model.Value.Network.Dispose();
        GC.SuppressFinalize(this);
    }
}

sealed record SmolLM2Run(float[] LogProbabilities, float[] LastLogits, List<int> Ids, List<float> Scores)
{
    public void Add(SampledToken token)
    {
        Ids.Add(token.Id);
        Scores.Add(token.LogProbability);
    }
}

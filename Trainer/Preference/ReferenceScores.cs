// Reference log-probabilities: both sides of every pair, per token, under the weights a run starts from. One forward pass, no second
// model. Computed in the training's own numerics, so that the first loss is exactly ln 2 up to the shape of the batch.
using Majlis.Model.Weights;
using Majlis.Trainer.Optimization;
using static TorchSharp.torch;

namespace Majlis.Trainer.Preference;

/// <summary>Log-probabilities of the chosen and rejected completion's tokens, by pair id.</summary>
public sealed class ReferenceScores
{
    readonly Dictionary<string, (float[] Chosen, float[] Rejected)> scores;

    ReferenceScores(Dictionary<string, (float[] Chosen, float[] Rejected)> scores) => this.scores = scores;

    /// <summary>Scores all pairs with the policy as it is now; <paramref name="scored"/> gets how many more are done.</summary>
    public static ReferenceScores Compute(
        Policy policy, IReadOnlyList<TrainingPair> pairs, int batchPairs, int pad, Action<int>? scored = null)
    {
        var found = new Dictionary<string, (float[], float[])>();
        using var still = no_grad();
        foreach (var chunk in pairs.Chunk(batchPairs))
        {
            using var scope = NewDisposeScope();
            using var batch = PairBatch.Of(chunk, pad);
            var flat = SequenceScores.Of(policy.Logits(batch), batch).LogProbabilities.data<float>().ToArray();
            var at = 0;
            float[] Next(int[] completion) => flat[at..(at += completion.Length)];
            var chosen = chunk.Select(pair => Next(pair.Chosen)).ToArray();
            foreach (var (pair, scores) in chunk.Zip(chosen)) found[pair.Id] = (scores, Next(pair.Rejected));
            scored?.Invoke(chunk.Length);
        }
        return new ReferenceScores(found);
    }

    /// <summary>Log-probabilities of the batch's scored tokens, in its order: [S].</summary>
    public Tensor Of(PairBatch batch) => tensor(batch.Pairs.SelectMany(pair => scores[pair.Id].Chosen)
        .Concat(batch.Pairs.SelectMany(pair => scores[pair.Id].Rejected)).ToArray());

    public void Save(string path)
    {
        var named = scores.SelectMany(entry =>
            new[] { (entry.Key + "/chosen", entry.Value.Chosen), (entry.Key + "/rejected", entry.Value.Rejected) });
        TensorFile.Write(path, named.Select(entry => (entry.Item1, new[] { (long)entry.Item2.Length }, entry.Item2)));
    }

    public static ReferenceScores Load(string path)
    {
        using var file = SafetensorsFile.Open(path);
        float[] Read(string name)
        {
            var values = new float[file.Tensors[name].Elements];
            file.Read(name, 0, values);
            return values;
        }
        return new ReferenceScores(file.Tensors.Keys.Where(name => name.EndsWith("/chosen", StringComparison.Ordinal))
            .Select(name => name[..^"/chosen".Length]).ToDictionary(id => id, id => (Read(id + "/chosen"), Read(id + "/rejected"))));
    }
}

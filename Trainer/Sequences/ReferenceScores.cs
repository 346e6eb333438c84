// Reference log-probabilities of completions, per token, under the weights a run is held to. One forward pass, no second model. Computed in
// the training's own numerics, so that the first loss is exactly ln 2 up to the shape of the batch. Knows rows by key; no pairs.
using Majlis.Model.Weights;
using Majlis.Trainer.Optimization;
using static TorchSharp.torch;

namespace Majlis.Trainer.Sequences;

/// <summary>Log-probabilities of each row's completion tokens, by the row's key.</summary>
public sealed class ReferenceScores
{
    readonly Dictionary<string, float[]> scores;

    ReferenceScores(Dictionary<string, float[]> scores) => this.scores = scores;

    /// <summary>Scores all rows with the policy as it is now; <paramref name="scored"/> gets how many rows more are done.</summary>
    /// <param name="policy">The reference.</param>
    /// <param name="batches">Rows that are computed together, best as in training: in other shapes rounding may differ.</param>
    /// <param name="pad">The id after a row's end.</param>
    /// <param name="scored">Progress.</param>
    public static ReferenceScores Compute(Policy policy, IEnumerable<IReadOnlyList<TokenRow>> batches, int pad, Action<int>? scored = null)
    {
        var found = new Dictionary<string, float[]>();
        using var still = no_grad();
        foreach (var rows in batches)
        {
            using var scope = NewDisposeScope();
            using var batch = SequenceBatch.Of(rows, pad);
            var flat = policy.Scores(batch).LogProbabilities.data<float>().ToArray();
            var at = 0;
            foreach (var row in rows) found[row.Key] = flat[at..(at += row.Predicted)];
            scored?.Invoke(rows.Count);
        }
        return new ReferenceScores(found);
    }

    /// <summary>Log-probabilities of the batch's completion tokens, in its order: [K].</summary>
    public Tensor Of(SequenceBatch batch) => tensor(batch.Rows.SelectMany(row => scores[row.Key]).ToArray());

    public void Save(string path) =>
        TensorFile.Write(path, scores.Select(entry => (entry.Key, new[] { (long)entry.Value.Length }, entry.Value)));

    public static ReferenceScores Load(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return new ReferenceScores(file.Tensors.Keys.ToDictionary(name => name, name =>
        {
            var values = new float[file.Tensors[name].Elements];
            file.Read(name, 0, values);
            return values;
        }));
    }
}

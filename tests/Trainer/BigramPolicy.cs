// The smallest possible network: a table of next-token logits. Enough to test the loop around any network.
using Majlis.Trainer.Preference;
using Majlis.Trainer.Sequences;
using static TorchSharp.torch;

namespace Majlis.tests.Trainer;

sealed class BigramPolicy
{
    const int Vocabulary = 16;

    public BigramPolicy(int seed)
    {
        var random = new Random(seed);
        var table = tensor(Enumerable.Range(0, Vocabulary * Vocabulary).Select(_ => random.NextSingle()).ToArray(), Vocabulary, Vocabulary);
        Table = table.requires_grad_(true);
        Policy = new Policy(Logits, [("table.weight", Table)]);
    }

    public Tensor Logits(SequenceBatch batch) =>
        Table.index_select(0, batch.Tokens.reshape(-1)).view(batch.Tokens.shape[0], batch.Width, Vocabulary);

    public Tensor Table { get; }

    public Policy Policy { get; }

    public float[] Bits => Table.detach().data<float>().ToArray();

    public static IReadOnlyList<TrainingPair> Pairs(int count, int seed)
    {
        var random = new Random(seed);
        int[] Tokens(int most) => [.. Enumerable.Range(0, random.Next(1, most)).Select(_ => random.Next(2, Vocabulary)), 1];
        return [.. Enumerable.Range(0, count).Select(index => new TrainingPair($"pair-{index}", Tokens(6), Tokens(5), Tokens(9)))];
    }
}

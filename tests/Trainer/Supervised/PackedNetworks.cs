// The packed network and its head's loss against the plain Transformer and the library's cross-entropy: values and all gradients.
using Majlis.Model;
using Majlis.tests.Support;
using Majlis.Text;
using Majlis.Torch;
using Majlis.Torch.Packed;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Majlis.tests.Trainer.Supervised;

public sealed class PackedNetworks
{
    static string Folder => Shared.Golden("architectures");

    public static TheoryData<string?> Families => !Directory.Exists(Folder) ? [(string?)null]
        : [.. Directory.EnumerateDirectories(Folder).Where(path => File.Exists(Path.Combine(path, "model.safetensors"))
            && File.Exists(Path.Combine(path, "config.json"))).Select(Path.GetFileName)
            .Where(name => name is not ("bert_minilm" or "llama_reward")).Order()];

    [Fact]
    public void A_network_that_neither_predicts_tokens_nor_rewards_is_refused()
    {
        using var checkpoint = Checkpoint.Open(Shared.Require(Path.Combine(Folder, "bert_minilm")));
        var error = Assert.Throws<ModelFormatException>(() =>
            new PackedTransformer(checkpoint.Blueprint, new Dictionary<string, Tensor>(), ScalarType.Float32));
        Assert.Contains("neither predicts tokens nor rewards", error.Message);
    }

    [Theory, MemberData(nameof(Families))]
    public void Losses_and_gradients_are_the_plain_networks(string? family)
    {
        Assert.SkipWhen(family is null, "goldens/architectures is not here");
        using var checkpoint = Checkpoint.Open(Path.Combine(Folder, family!));
        var random = new Random(5);
        int[][] sequences = [.. new[] { 9, 1, 30, 17, 16, 2 }.Select(length =>
            Enumerable.Range(0, length).Select(_ => random.Next(checkpoint.Blueprint.VocabularySize)).ToArray())];
        using var scope = NewDisposeScope();
        var (plain, packed) = (Open(checkpoint), Open(checkpoint));
        var expected = Plain(plain, sequences);
        expected.backward();
        using var batch = new PackedBatch(sequences);
        var network = new PackedTransformer(checkpoint.Blueprint, packed.Weights, ScalarType.Float32);
        int[] rows = [.. sequences.SelectMany((sequence, i) =>
            Enumerable.Range(0, sequence.Length - 1).Select(t => batch.RowOf(i, t)))];
        int[] labels = [.. sequences.SelectMany(sequence => sequence.Skip(1))];
        float[] weights = [.. rows.Select((_, index) => Weight(index))];
        var result = HeadLoss.Backward(network, network.States(batch), rows, labels, weights, timesProbability: false);
        Assert.Equal(expected.item<float>(), result.Loss, 1e-4);
        // Some gradients are zero but for rounding, such as that of a bias that all keys share.
        foreach (var (name, weight) in plain.Weights)
        {
            var (ours, theirs) = (packed.Weights[name].grad!, weight.grad!);
            Assert.InRange((ours - theirs).norm().item<float>() / Math.Max(1e-2f, theirs.norm().item<float>()), 0, 1e-4);
        }
        plain.Dispose();
        packed.Dispose();
    }

    /// <summary>Equal up to fp32's rounding: 1e-4 of each gradient's length, as without sharing.</summary>
    [Theory, MemberData(nameof(Families))]
    public void Sequences_that_share_their_beginning_give_the_plain_networks_losses_and_gradients(string? family)
    {
        Assert.SkipWhen(family is null, "goldens/architectures is not here");
        using var checkpoint = Checkpoint.Open(Path.Combine(Folder, family!));
        var random = new Random(7);
        int[] Draw(int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(checkpoint.Blueprint.VocabularySize))];
        var (stem, other) = (Draw(38), Draw(9));
        // Chosen ones, then rejected ones: of one length, much longer, all of it shared, nothing shared, and a third of one beginning.
        int[][] sequences =
        [
            [.. stem, .. Draw(11)], [.. other, .. Draw(3)], Draw(12), [.. stem, .. Draw(6)],
            [.. stem, .. Draw(11)], [.. other, .. Draw(25)], Draw(15), stem,
        ];
        using var scope = NewDisposeScope();
        var (plain, packed) = (Open(checkpoint), Open(checkpoint));
        var expected = Plain(plain, sequences);
        expected.backward();
        using var batch = new PackedBatch(sequences, width: 1000);
        Assert.True(batch.Tokens.shape[0] < PackedBatch.RoundUp(sequences.Sum(sequence => sequence.Length)));
        var network = new PackedTransformer(checkpoint.Blueprint, packed.Weights, ScalarType.Float32);
        long[] rows = [.. sequences.SelectMany((sequence, i) =>
            Enumerable.Range(0, sequence.Length - 1).Select(t => (long)batch.RowOf(i, t)))];
        var labels = tensor(sequences.SelectMany(sequence => sequence.Skip(1)).Select(id => (long)id).ToArray());
        var losses = nn.functional.cross_entropy(network.Logits(network.States(batch).index_select(0, tensor(rows))), labels,
            reduction: nn.Reduction.None);
        var loss = (losses * tensor(rows.Select((_, index) => Weight(index)).ToArray())).sum();
        Assert.Equal(expected.item<float>(), loss.item<float>(), 1e-3);
        loss.backward();
        foreach (var (name, weight) in plain.Weights)
        {
            var (ours, theirs) = (packed.Weights[name].grad!, weight.grad!);
            Assert.InRange((ours - theirs).norm().item<float>() / Math.Max(1e-2f, theirs.norm().item<float>()), 0, 1e-4);
        }
        plain.Dispose();
        packed.Dispose();
    }

    static float Weight(int index) => 0.1f * (1 + index % 3);

    static Transformer Open(Checkpoint checkpoint)
    {
        var network = new Transformer(checkpoint.Blueprint, checkpoint.Weights);
        foreach (var weight in network.Weights.Values) weight.requires_grad_(true);
        return network;
    }

    /// <summary>One sequence at a time.</summary>
    static Tensor Plain(Transformer network, int[][] sequences)
    {
        var (loss, index) = (zeros(1), 0);
        foreach (var sequence in sequences.Where(sequence => sequence.Length > 1))
        {
            var logits = network.Forward(tensor(sequence.Select(id => (long)id).ToArray()).unsqueeze(0)).squeeze(0);
            var labels = tensor(sequence.Skip(1).Select(id => (long)id).ToArray());
            var losses = nn.functional.cross_entropy(logits.narrow(0, 0, sequence.Length - 1), labels, reduction: nn.Reduction.None);
            var weights = tensor(labels.data<long>().ToArray().Select((_, t) => Weight(index + t)).ToArray());
            index += sequence.Length - 1;
            loss = loss.Plus((losses * weights).sum());
        }
        return loss;
    }
}

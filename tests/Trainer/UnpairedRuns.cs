// Single answers: the exact start, BCO's running mean over a kill, mismatched answers, cutting; and WPO where TRL itself fails.
using Majlis.tests.Support;
using Majlis.Torch;
using Majlis.Trainer.Losses;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Preference;
using Majlis.Trainer.Sequences;
using Majlis.Trainer.Unpaired;
using TorchSharp;
using Xunit;

namespace Majlis.tests.Trainer;

public sealed class UnpairedRuns : IDisposable
{
    static readonly LoopOptions loop = new()
    {
        BatchItems = 3,
        Accumulation = 2,
        Epochs = 3,
        LearningRate = 0.05,
        WarmupSteps = 2,
        Seed = 3,
    };

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static TrainingLoop Loop(BigramPolicy model, string loss)
    {
        var options = new UnpairedOptions { Loss = loss, MaxChosenDrop = 100 };
        var examples = UnpairedExample.Mismatch([.. BigramPolicy.Pairs(10, seed: 3)
            .Select((pair, index) => new UnpairedExample(pair.Id, pair.Prompt, pair.Chosen, index % 3 != 0))], loop.BatchItems);
        var reference = ReferenceScores.Compute(new BigramPolicy(1).Policy, UnpairedObjective.Rows(examples, options, 3), pad: 0);
        return new TrainingLoop(new UnpairedObjective(model.Policy, examples, reference, options), loop);
    }

    [Theory]
    [InlineData("kto", 0.5)]
    [InlineData("apo_zero_unpaired", 0.5)]
    [InlineData("bco", 0.6931471805599453)]
    public void While_nothing_has_moved_rewards_are_exactly_zero_and_good_answers_win_in_the_end(string loss, double first)
    {
        using var run = Loop(new BigramPolicy(1), loss);
        var log = run.Run(_ => { }).Log;
        Assert.Equal(first, log[0]["loss"], 1e-6);
        // The second step begins after a rate of 0.
        Assert.All(log[1].Values.Where(metric => metric.Key is "rewards/chosen" or "rewards/rejected"),
            metric => Assert.Equal(0, metric.Value));
        Assert.True(log[^1]["rewards/chosen"] > 0, $"{log[^1]["rewards/chosen"]}");
        Assert.True(log[^1]["loss"] < first);
    }

    [Theory, InlineData("kto"), InlineData("bco")]
    public void A_killed_run_continues_to_the_same_bits(string loss)
    {
        var (whole, resumed) = (new BigramPolicy(1), new BigramPolicy(99));
        using (var run = Loop(whole, loss)) run.Run(_ => { });
        using (var killed = Loop(new BigramPolicy(1), loss))
            Assert.Throws<OperationCanceledException>(() => killed.Run(step =>
            {
                killed.Save(folder.Path);
                if (step.Step == 4) throw new OperationCanceledException();
            }));
        using var second = Loop(resumed, loss);
        Assert.True(second.TryRestore(folder.Path, Assert.Fail));
        second.Run(_ => { });
        Assert.Equal(whole.Bits, resumed.Bits);
    }

    [Fact]
    public void Each_example_measures_the_drift_by_the_answer_before_it_and_a_lone_one_by_its_own()
    {
        UnpairedExample[] examples = [.. Enumerable.Range(0, 4).Select(index => new UnpairedExample($"{index}", [9], [index, 1], true))];
        Assert.Equal([2, 0, 1, 3], UnpairedExample.Mismatch(examples, 3).Select(example => example.Mismatched[0]));
    }

    [Fact]
    public void A_prompt_as_long_as_the_limit_leaves_no_example_and_both_answers_are_cut()
    {
        var example = new UnpairedExample("a", [2, 3, 4], [5, 6, 1], true) { Mismatched = [7, 8, 9, 1] };
        Assert.Null(example.CutTo(3));
        Assert.Equal([5, 6], example.CutTo(5)!.Completion);
        Assert.Equal([7, 8], example.CutTo(5)!.Mismatched);
    }

    /// <summary>TRL raises there; the formula is clear: every pair's loss times its weight.</summary>
    [Theory, InlineData("sft", 2.5), InlineData("hinge", 0.82)]
    public void Weighted_preference_works_with_every_loss(string loss, double plain)
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor Of(params float[] values) => torch.tensor(values);
        var pairs = new PairScores(Of(-5, -5), Of(-8, -8), Of(-6.8f, -6.8f), Of(-8, -8))
        {
            ChosenTokens = Of(2, 2),
            RejectedTokens = Of(3, 3),
            ChosenSums = Of(-5, -5),
            PolicyWeights = Of(0.5f, 0.25f),
        };
        var losses = PreferenceLosses.PerPair(pairs, new LossOptions { Types = [loss], UseWeighting = true });
        Assert.Equal(0.5 * plain, losses[0].Number(), 1e-5);
        Assert.Equal(0.25 * plain, losses[1].Number(), 1e-5);
    }

    [Fact]
    public void Where_the_policy_is_the_reference_accuracies_are_zero_in_any_arithmetic()
    {
        var (model, random) = (new BigramPolicy(1), new Random(4));
        // A reference that rounds otherwise, as bf16 products do in a batch of another shape.
        var rounded = new Policy(batch => model.Logits(batch).Times(1 + 1e-4 * random.NextDouble()), []);
        var pairs = BigramPolicy.Pairs(11, seed: 3);
        var reference = ReferenceScores.Compute(rounded, pairs.Chunk(2).Select(TrainingPair.Rows), pad: 0);
        using var run = new TrainingLoop(new PairObjective(model.Policy, pairs, reference, new PreferenceOptions()), loop);
        var log = run.Run(_ => { }).Log;
        foreach (var step in log.Take(2))
            Assert.Equal((0.0, 0.0, 0.0), (step["rewards/chosen"], step["rewards/margins"], step["rewards/accuracies"]));
        Assert.NotEqual(0, log[2]["rewards/chosen"]);
    }
}

// The training loop: self-test, determinism, resuming to the same bits, the health rule.
using Majlis.Torch;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Preference;
using Majlis.Trainer.Sequences;
using TorchSharp;
using Xunit;

namespace Majlis.tests.Trainer;

public sealed class DpoRuns : IDisposable
{
    static readonly LoopOptions options = new()
    {
        BatchItems = 2,
        Accumulation = 2,
        Epochs = 3,
        LearningRate = 0.02,
        WarmupSteps = 2,
        Schedule = "cosine",
        Seed = 7,
    };

    static readonly PreferenceOptions tolerant = new() { MaxChosenDrop = 100 }, strict = new() { MaxChosenDrop = 0.5 };

    readonly string folder = Directory.CreateTempSubdirectory("majlis-dpo").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    static TrainingLoop Trainer(
        BigramPolicy model, LoopOptions options, ReferenceScores? reference = null, PreferenceOptions? preference = null) =>
        Trainer(model.Policy, options, reference, preference);

    static TrainingLoop Trainer(
        Policy policy, LoopOptions options, ReferenceScores? reference = null, PreferenceOptions? preference = null)
    {
        var pairs = BigramPolicy.Pairs(11, seed: 3);
        return new TrainingLoop(new PairObjective(policy, pairs, reference ?? Reference(policy), preference ?? tolerant), options);
    }

    static ReferenceScores Reference(Policy policy) =>
        ReferenceScores.Compute(policy, BigramPolicy.Pairs(11, seed: 3).Chunk(2).Select(TrainingPair.Rows), pad: 0);

    [Fact]
    public void The_first_loss_is_ln_2_and_the_run_prefers_the_chosen_in_the_end()
    {
        using var trainer = Trainer(new BigramPolicy(1), options);
        var result = trainer.Run(_ => { });
        Assert.Null(result.Refusal);
        Assert.Equal(9, result.Steps);
        Assert.Equal(Math.Log(2), result.Log[0]["loss"], 1e-5);
        Assert.True(result.Log[^1]["rewards/margins"] > 0);
        Assert.True(result.Log[^1]["loss"] < Math.Log(2));
    }

    [Fact]
    public void A_norm_of_0_clips_nothing()
    {
        float[] Bits(double most)
        {
            var model = new BigramPolicy(1);
            using var trainer = Trainer(model, options with { MaxGradientNorm = most });
            trainer.Run(_ => { });
            return model.Bits;
        }
        Assert.Equal(Bits(1e9), Bits(0));
    }

    /// <summary>transformers: (rate - 1e-7) (1 - step / steps) + 1e-7.</summary>
    [Fact]
    public void A_polynomial_schedule_ends_at_a_rate_and_not_at_a_share_of_one()
    {
        var slow = options with { Schedule = "polynomial", LearningRate = 1e-5, WarmupSteps = 0 };
        using var trainer = Trainer(new BigramPolicy(1), slow);
        var rates = trainer.Run(_ => { }).Log.Select(step => step["learning_rate"]).ToArray();
        for (var step = 0; step < rates.Length; step++)
            Assert.Equal((1e-5 - 1e-7) * (1 - (double)step / rates.Length) + 1e-7, rates[step], 1e-12);
    }

    [Fact]
    public void Refuses_to_train_against_a_reference_of_other_weights()
    {
        var model = new BigramPolicy(1);
        var before = model.Bits;
        using var trainer = Trainer(model, options, Reference(new BigramPolicy(2).Policy));
        var result = trainer.Run(_ => { });
        Assert.StartsWith("self-test: policy and reference differ", result.Refusal);
        Assert.Equal(before, model.Bits);
    }

    [Fact]
    public void Equal_seeds_give_equal_bits_and_another_seed_gives_others()
    {
        float[] Train(int seed)
        {
            var model = new BigramPolicy(1);
            using var trainer = Trainer(model, options with { Seed = seed });
            trainer.Run(_ => { });
            return model.Bits;
        }
        Assert.Equal(Train(7), Train(7));
        Assert.NotEqual(Train(7), Train(8));
    }

    [Theory, InlineData(1), InlineData(3), InlineData(8)]
    public void A_run_killed_after_any_step_continues_to_the_same_bits(int killedAfter)
    {
        var whole = new BigramPolicy(1);
        using (var trainer = Trainer(whole, options)) trainer.Run(_ => { });

        var reference = Reference(new BigramPolicy(1).Policy);
        reference.Save(Path.Combine(folder, "reference.safetensors"));
        using (var killed = Trainer(new BigramPolicy(1), options, reference))
            Assert.Throws<OperationCanceledException>(() => killed.Run(step =>
            {
                killed.Save(Path.Combine(folder, "run"));
                if (step.Step == killedAfter) throw new OperationCanceledException();
            }));
        var resumed = new BigramPolicy(99);
        using var second = Trainer(resumed, options, ReferenceScores.Load(Path.Combine(folder, "reference.safetensors")));
        Assert.True(second.TryRestore(Path.Combine(folder, "run"), Assert.Fail));
        Assert.Equal(killedAfter, second.Step);
        Assert.Equal(9, second.Run(_ => { }).Log.Count);
        Assert.Equal(whole.Bits, resumed.Bits);
    }

    /// <summary>The finalizer may free a tensor that no scope holds while a native call still reads it.</summary>
    [Fact]
    public void Neither_steps_nor_saving_nor_resuming_leave_a_tensor_outside_of_a_scope()
    {
        using var trainer = Trainer(new BigramPolicy(1), options);
        var before = DisposeScopeManager.Statistics.CreatedOutsideScopeCount;
        trainer.Run(_ => trainer.Save(folder));
        Assert.True(trainer.TryRestore(folder, Assert.Fail));
        Assert.Equal(before, DisposeScopeManager.Statistics.CreatedOutsideScopeCount);
    }

    [Fact]
    public void The_health_rule_stops_a_run_whose_chosen_answers_collapse()
    {
        using var trainer = Trainer(new BigramPolicy(1), options with { LearningRate = 30, Epochs = 20 }, preference: strict);
        var result = trainer.Run(_ => { });
        Assert.StartsWith("health: the chosen answers lost", result.Refusal);
        Assert.True(result.Steps < trainer.TotalSteps);
    }

    [Fact]
    public void A_state_saved_after_the_last_step_still_has_to_meet_the_health_rule()
    {
        var collapsing = options with { LearningRate = 30, Epochs = 20 };
        var reference = Reference(new BigramPolicy(1).Policy);
        int steps;
        using (var stopped = Trainer(new BigramPolicy(1), collapsing, reference, strict))
            steps = stopped.Run(_ => stopped.Save(folder)).Steps;
        using var resumed = Trainer(new BigramPolicy(1), collapsing with { Steps = steps }, reference, strict);
        Assert.True(resumed.TryRestore(folder, Assert.Fail));
        Assert.StartsWith("health: the chosen answers lost", resumed.Run(_ => { }).Refusal);
    }

    [Fact]
    public void A_loss_that_is_not_finite_ends_a_run_shorter_than_the_health_rules_window()
    {
        var (model, broken) = (new BigramPolicy(1), false);
        var policy = new Policy(batch => model.Logits(batch).Times(broken ? double.NaN : 1), model.Policy.Parameters);
        using var trainer = Trainer(policy, options with { Steps = 3 });
        var result = trainer.Run(_ => broken = true);
        Assert.StartsWith("health: step 2: the loss of micro-batch 1 is NaN", result.Refusal);
        Assert.Equal(1, result.Steps);
    }

    [Fact]
    public void A_gradient_that_is_not_finite_ends_a_run_before_it_moves_anything()
    {
        var model = new BigramPolicy(1);
        var before = model.Bits;
        var broken = new Policy(batch => model.Logits(batch).Plus(model.Table.Times(0).sqrt().sum()), model.Policy.Parameters);
        using var trainer = Trainer(broken, options with { WarmupSteps = 0 });
        Assert.Contains("the gradient of table.weight is NaN", trainer.Run(_ => { }).Refusal);
        Assert.Equal(before, model.Bits);
    }

    [Fact]
    public void A_state_with_a_number_that_is_not_finite_can_be_saved_and_read()
    {
        var model = new BigramPolicy(1);
        using var optimiser = new Optimizer(model.Policy.Parameters, new OptimizerOptions());
        var values = new Dictionary<string, double> { ["logits/chosen"] = double.NegativeInfinity, ["entropy"] = double.NaN };
        var log = new[] { new StepMetrics(1, values) };
        TrainingState.Save(folder, model.Policy.Parameters, optimiser, log, tokensSeen: 1);
        var read = TrainingState.Load(folder, model.Policy.Parameters, optimiser, Assert.Fail)!.Log.Single();
        Assert.Equal((double.NegativeInfinity, double.NaN), (read["logits/chosen"], read["entropy"]));
    }

    [Fact]
    public void Every_metric_carries_TRLs_name()
    {
        using var trainer = Trainer(new BigramPolicy(1), options with { Steps = 1 });
        var names = trainer.Run(_ => { }).Log[0].Values.Keys;
        Assert.Superset(new HashSet<string>
        {
            "loss", "rewards/chosen", "rewards/rejected", "rewards/margins", "rewards/accuracies", "logps/chosen", "logps/rejected",
            "logits/chosen", "logits/rejected", "entropy", "mean_token_accuracy", "grad_norm", "learning_rate", "num_tokens", "epoch",
        }, names.ToHashSet());
    }

    [Fact]
    public void A_prompt_as_long_as_the_limit_leaves_no_pair_and_a_long_answer_is_cut()
    {
        var pair = new TrainingPair("a", [2, 3, 4], [5, 6, 1], [7, 1]);
        Assert.Null(pair.CutTo(3));
        Assert.Equal([5], pair.CutTo(4)!.Chosen);
        Assert.Equal([7, 1], pair.CutTo(6)!.Rejected);
    }
}

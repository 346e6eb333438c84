// Full training: packing, accumulation and a kill change nothing; numbers that are not finite and damaged checkpoints are told.
using Majlis.tests.Support;
using Majlis.Trainer.Supervised;
using Xunit;

namespace Majlis.tests.Trainer.Supervised;

public sealed class SupervisedRuns : IDisposable
{
    readonly TemporaryFolder folder = new();

    static SupervisedOptions Options => TinyStage.Options;

    public void Dispose() => folder.Dispose();

    static (float[] Bits, double[] Losses) Train(SupervisedOptions options)
    {
        using var stage = new TinyStage(options);
        var result = stage.Trainer.Run(_ => { });
        Assert.Null(result.Refusal);
        return (stage.Bits, [.. result.Log.Select(step => step["loss"])]);
    }

    static void Near(float[] expected, float[] actual, double tolerance)
    {
        var distance = expected.Zip(actual, (a, b) => (double)(a - b) * (a - b)).Sum();
        Assert.InRange(Math.Sqrt(distance / expected.Sum(value => (double)value * value)), 0, tolerance);
    }

    [Fact]
    public void Examples_of_a_packed_row_learn_as_if_they_were_alone()
    {
        var all = Options with { BatchRows = 1000, Shuffle = false, PromptShare = 0 };
        var (alone, packed) = (Train(all), Train(all with { Packing = true }));
        Near(alone.Bits, packed.Bits, 1e-5);
        Assert.Equal(alone.Losses[^1], packed.Losses[^1], 1e-5);
    }

    [Fact]
    public void Small_batches_added_up_learn_as_a_large_one()
    {
        var (large, small) = (Train(Options with { BatchRows = 8 }), Train(Options with { BatchRows = 2, Accumulation = 4 }));
        Near(large.Bits, small.Bits, 1e-5);
        Assert.Equal(large.Losses[^1], small.Losses[^1], 1e-5);
    }

    [Fact]
    public void Products_in_bf16_learn_nearly_as_in_fp32()
    {
        var (wide, narrow) = (Train(Options), Train(Options with { Numerics = "bf16" }));
        Assert.NotEqual(wide.Bits, narrow.Bits);
        Assert.Equal(wide.Losses[0], narrow.Losses[0], 0.02);
        Assert.Equal(wide.Losses[^1], narrow.Losses[^1], 0.1);
    }

    [Theory, InlineData(1, "bf16", "adamw"), InlineData(5, "fp32", "adamw"), InlineData(3, "bf16", "muon")]
    public void A_run_killed_after_any_step_continues_to_the_same_bits(int killedAfter, string numerics, string optimizer)
    {
        var options = Options with { Numerics = numerics, Optimizer = optimizer, Packing = true, BatchRows = 2 };
        var whole = Train(options);
        using (var killed = new TinyStage(options))
            Assert.Throws<OperationCanceledException>(() => killed.Trainer.Run(step =>
            {
                killed.Trainer.Save(folder.Path);
                if (step.Step == killedAfter) throw new OperationCanceledException();
            }));
        using var resumed = new TinyStage(options, seed: 99);
        Assert.True(resumed.Trainer.TryRestore(folder.Path, Assert.Fail));
        Assert.Equal(killedAfter, resumed.Trainer.Step);
        Assert.Equal(whole.Losses, resumed.Trainer.Run(_ => { }).Log.Select(step => step["loss"]));
        Assert.Equal(whole.Bits, resumed.Bits);
    }

    [Theory]
    [InlineData("state.safetensors", 0.5), InlineData("state.safetensors", 0), InlineData("state.json", 0.5), InlineData("state.json", 0)]
    public void A_checkpoint_cut_short_is_passed_over_for_the_one_before(string file, double left)
    {
        using var stage = new TinyStage(Options);
        stage.Trainer.Run(_ => stage.Trainer.Save(folder.Path));
        var states = Directory.GetDirectories(folder.Path).Order().ToArray();
        Assert.Equal(Options.Keep, states.Length);
        var path = Path.Combine(states[^1], file);
        using (var damaged = new FileStream(path, FileMode.Open)) damaged.SetLength((long)(damaged.Length * left));
        using var resumed = new TinyStage(Options);
        var said = new List<string>();
        Assert.True(resumed.Trainer.TryRestore(folder.Path, said.Add));
        Assert.Contains($"{states[^1]} is damaged", Assert.Single(said));
        var aside = Path.Combine(folder.Path, "damaged-" + Path.GetFileName(states[^1]));
        Assert.Contains($"It stays as {aside}.", Assert.Single(said));
        Assert.Equal(["state.json", "state.safetensors"], Directory.GetFiles(aside).Select(Path.GetFileName).Order());
        resumed.Trainer.Run(_ => resumed.Trainer.Save(folder.Path));
        Assert.Equal([aside, .. states], Directory.GetDirectories(folder.Path).Order());
        Assert.Equal(stage.Bits, resumed.Bits);
    }

    [Fact]
    public void A_loss_that_is_not_finite_names_step_and_rows_and_changes_nothing()
    {
        using var stage = new TinyStage(Options with { Shuffle = false, BatchRows = 2 });
        var before = Array.Empty<float>();
        var result = stage.Trainer.Run(step =>
        {
            if (step.Step < 3) return;
            using var scope = TorchSharp.torch.NewDisposeScope();
            using var still = TorchSharp.torch.no_grad();
            stage.Parameters[^1].Value.mul_(TorchSharp.torch.tensor(float.NaN));
            before = stage.Bits;
        });
        Assert.StartsWith("health: step 4: the loss of micro-batch 1 is NaN", result.Refusal);
        Assert.Contains("data.jsonl line 7, data.jsonl line 8", result.Refusal);
        Assert.Equal(3, result.Steps);
        Assert.Equal(before, stage.Bits);
    }
}

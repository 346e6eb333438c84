// Moments in 16 or 8 bits: the run drifts little, saved ones come back to the bit, small changes are not lost.
using Majlis.tests.Support;
using Majlis.tests.Trainer.Supervised;
using Majlis.Trainer.Optimization;
using Xunit;

namespace Majlis.tests.Trainer;

public sealed class OptimizerStates : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory, InlineData("bf16", 0.01), InlineData("8bit", 0.03)]
    public void Weights_drift_little_from_those_of_moments_in_fp32(string form, double most)
    {
        float[] Train(string state)
        {
            using var stage = new TinyStage(TinyStage.Options with { OptimizerState = state, Epochs = 4 });
            Assert.Null(stage.Trainer.Run(_ => { }).Refusal);
            return stage.Bits;
        }
        var (wide, narrow) = (Train("fp32"), Train(form));
        var distance = Math.Sqrt(wide.Zip(narrow, (a, b) => (double)(a - b) * (a - b)).Sum() / wide.Sum(value => (double)value * value));
        GoldenReport.Line("Training", $"optimizer_state/{form} drift", distance, most);
        Assert.InRange(distance, 1e-9, most);
    }

    [Theory, InlineData("bf16"), InlineData("8bit")]
    public void A_killed_run_goes_on_to_the_same_bits(string form)
    {
        var options = TinyStage.Options with { OptimizerState = form };
        using var whole = new TinyStage(options);
        whole.Trainer.Run(_ => { });
        using (var killed = new TinyStage(options))
            Assert.Throws<OperationCanceledException>(() => killed.Trainer.Run(step =>
            {
                killed.Trainer.Save(folder.Path);
                if (step.Step == 3) throw new OperationCanceledException();
            }));
        using var resumed = new TinyStage(options, seed: 99);
        Assert.True(resumed.Trainer.TryRestore(folder.Path, Assert.Fail));
        resumed.Trainer.Run(_ => { });
        Assert.Equal(whole.Bits, resumed.Bits);
    }

    /// <summary>Each step takes a thousandth away, which is less than the last bit of either form.</summary>
    [Theory, InlineData(MomentForm.Bf16), InlineData(MomentForm.Block8)]
    public void Changes_below_the_last_bit_add_up(MomentForm form)
    {
        var numbers = new NarrowNumbers(256, form, seed: 5, keepsAboveZero: true);
        numbers.Write([.. Enumerable.Range(0, 256).Select(index => 1f + index % 7)], step: null);
        var before = numbers.Read().Average();
        for (var step = 1; step <= 700; step++) numbers.Write([.. numbers.Read().Select(value => value * 0.999f)], step);
        Assert.Equal(before * Math.Pow(0.999, 700), numbers.Read().Average(), before * 0.02);
    }
}

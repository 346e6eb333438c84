// Cases of the losses that the golden batches lack: combined settings, and extreme pairs.
using Majlis.Trainer.Losses;
using Xunit;
using static TorchSharp.torch;

namespace Majlis.tests.Trainer;

public sealed class LossValues
{
    [Fact]
    public void Discopop_is_taken_on_the_divergence_scores()
    {
        var (chosen, rejected, beta, tau) = (0.7, -0.4, 0.5, 0.05);
        var z = beta * ((1 - Math.Exp(-chosen)) - (1 - Math.Exp(-rejected)));
        var share = 1 / (1 + Math.Exp(-z / tau));
        var expected = (1 - share) * Math.Log(1 + Math.Exp(-z)) + share * Math.Exp(-z);
        var options = new LossOptions { Types = ["discopop"], Beta = beta, DiscopopTau = tau, Divergence = "forward_kl" };
        Assert.Equal(expected, Discopop(chosen, rejected, options).Loss, 1e-5);
    }

    [Theory]
    [InlineData(-2000, 200)]
    [InlineData(2000, 0)]
    public void Discopop_stays_finite_far_from_the_raters_choice(double margin, double expected)
    {
        var (loss, gradient) = Discopop(margin, 0, new LossOptions { Types = ["discopop"] });
        Assert.Equal(expected, loss, 1e-3);
        Assert.True(double.IsFinite(gradient));
    }

    static (double Loss, double Gradient) Discopop(double chosen, double rejected, LossOptions options)
    {
        using var scope = NewDisposeScope();
        var policy = tensor([(float)chosen], requires_grad: true);
        var (none, one) = (tensor([0f]), tensor([1f]));
        var loss = PreferenceLosses.PerPair(new PairScores(policy, tensor([(float)rejected]), none, none)
        {
            ChosenTokens = one,
            RejectedTokens = one,
            ChosenSums = policy,
        }, options).sum();
        loss.backward();
        return (loss.item<float>(), policy.grad!.item<float>());
    }
}

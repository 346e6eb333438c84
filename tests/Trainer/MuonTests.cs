// Muon's update against the formula in double precision, and which parameters it moves.
using Majlis.Torch;
using Majlis.Trainer.Optimization;
using TorchSharp;
using Xunit;

namespace Majlis.tests.Trainer;

public sealed class MuonTests
{
    const double Rate = 0.01, Decay = 0.1;

    [Theory, InlineData(8, 8), InlineData(6, 20), InlineData(20, 6), InlineData(1, 5)]
    public void Matrices_of_every_shape_move_as_the_formula_says(int rows, int columns)
    {
        using var scope = torch.NewDisposeScope();
        var names = new[] { "layers.0.q.weight", "layers.1.q.weight" };
        (string Name, torch.Tensor Value)[] parameters = [.. names.Select((name, i) => (name, Matrix(rows, columns, i)))];
        var expected = parameters.Select(parameter => parameter.Value.to(torch.float64)).ToArray();
        var momenta = expected.Select(value => torch.zeros_like(value)).ToArray();
        using var optimiser = new Optimizer(parameters, new(WeightDecay: Decay, Muon: true));
        for (var step = 0; step < 3; step++)
        {
            for (var i = 0; i < parameters.Length; i++)
            {
                parameters[i].Value.grad = Matrix(rows, columns, 10 + 2 * step + i);
                (expected[i], momenta[i]) = Formula(expected[i], parameters[i].Value.grad!.to(torch.float64), momenta[i]);
            }
            optimiser.Update(Rate);
        }
        // The iterations are computed in bf16, of 8 bits: a hundredth of three steps.
        var tolerance = 0.01 * 3 * Rate * 0.2 * Math.Sqrt(Math.Max(rows, columns));
        for (var i = 0; i < parameters.Length; i++)
            Assert.InRange(parameters[i].Value.Minus(expected[i]).abs().max().item<double>(), 0, tolerance);
    }

    [Fact]
    public void Tables_and_vectors_move_as_without_it()
    {
        using var scope = torch.NewDisposeScope();
        string[] names = ["embed_tokens.weight", "lm_head.weight", "norm.weight", "layers.0.q.weight"];
        torch.Tensor[] Moved(bool muon)
        {
            (string Name, torch.Tensor Value)[] parameters =
                [.. names.Select((name, i) => (name, name.StartsWith("norm", StringComparison.Ordinal) ? torch.ones(6) : Matrix(6, 6, i)))];
            using var optimiser = new Optimizer(parameters, new(WeightDecay: Decay, Muon: muon));
            foreach (var (_, value) in parameters) value.grad = torch.randn(value.shape, generator: new torch.Generator(9));
            optimiser.Update(Rate);
            return [.. parameters.Select(parameter => parameter.Value)];
        }
        var (with, without) = (Moved(true), Moved(false));
        for (var i = 0; i < names.Length; i++) Assert.Equal(i < 3, with[i].equal(without[i]).all().item<bool>());
    }

    static torch.Tensor Matrix(int rows, int columns, int seed) =>
        torch.randn([rows, columns], generator: new torch.Generator((ulong)seed));

    /// <summary>torch.optim.Muon with nesterov and adjust_lr_fn "match_rms_adamw", in double precision.</summary>
    static (torch.Tensor Value, torch.Tensor Momentum) Formula(torch.Tensor value, torch.Tensor gradient, torch.Tensor momentum)
    {
        momentum = momentum.Times(0.95).Plus(gradient.Times(0.05));
        var direction = gradient.Times(0.05).Plus(momentum.Times(0.95));
        var isTall = value.shape[0] > value.shape[1];
        var x = isTall ? direction.t() : direction;
        x = x.div(x.Squared().sum().sqrt());
        for (var i = 0; i < 5; i++)
        {
            var square = x.mm(x.t());
            x = x.Times(3.4445).Plus(square.Times(-4.775).Plus(square.mm(square).Times(2.0315)).mm(x));
        }
        var size = 0.2 * Math.Sqrt(Math.Max(value.shape[0], value.shape[1]));
        return (value.Times(1 - Rate * Decay).Minus((isTall ? x.t() : x).Times(Rate * size)), momentum);
    }
}

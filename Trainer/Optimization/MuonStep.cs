// One Muon update of matrices, https://kellerjordan.github.io/posts/muon/, as torch.optim.Muon computes it with adjust_lr_fn
// "match_rms_adamw": the momentum's nearest orthogonal matrix is the direction, at the size that AdamW's steps have.
// Knows no schedule and no names.
using Majlis.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Majlis.Trainer.Optimization;

/// <param name="LearningRate">The same as AdamW's for the other parameters.</param>
/// <param name="Kept">What weight decay leaves of a weight.</param>
sealed record MuonStep(double LearningRate, double Kept)
{
    const double Momentum = 0.95;
    const int Iterations = 5;
    const double Epsilon = 1e-7;

    // The quintic whose fixed interval is steepest at zero; from the source above.
    const float A = 3.4445f, B = -4.7750f, C = 2.0315f;

    /// <summary>Changes values and momenta, each [rows, columns], in place.</summary>
    public void Update(IEnumerable<(Tensor Value, Tensor Gradient, Tensor Momentum)> matrices)
    {
        // Matrices of one shape, lying or standing, are one batch of products.
        foreach (var alike in matrices.GroupBy(matrix => (matrix.Value.shape.Min(), matrix.Value.shape.Max())))
        {
            using var scope = NewDisposeScope();
            (Tensor Value, Tensor Gradient, Tensor Momentum)[] group = [.. alike];
            var directions = Orthogonal(stack(group.Select(Lying)));
            foreach (var (index, (value, _, _)) in group.Index()) Move(value, directions[index]);
        }
    }

    static bool IsTall(Tensor value) => value.shape[0] > value.shape[1];

    /// <summary>Nesterov's direction, with no more rows than columns.</summary>
    static Tensor Lying((Tensor Value, Tensor Gradient, Tensor Momentum) matrix)
    {
        matrix.Momentum.lerp_(matrix.Gradient, 1 - Momentum);
        var direction = matrix.Gradient.lerp(matrix.Momentum, Momentum);
        return IsTall(direction) ? direction.t() : direction;
    }

    void Move(Tensor value, Tensor direction)
    {
        var size = 0.2 * Math.Sqrt(Math.Max(value.shape[0], value.shape[1]));
        // Both change with every step, so they are not kept for ever.
        using Scalar kept = Kept.ToScalar(), rate = (-LearningRate * size).ToScalar();
        value.mul_(kept).add_(IsTall(value) ? direction.t() : direction, alpha: rate);
    }

    /// <summary>Newton-Schulz iterations in bf16 on [matrices, rows, columns]: all singular values come near 1.</summary>
    static Tensor Orthogonal(Tensor matrices)
    {
        var x = matrices / matrices.Squared().sum([1, 2], keepdim: true).sqrt().clamp(min: Numbers.Of(Epsilon));
        x = x.to(ScalarType.BFloat16);
        for (var i = 0; i < Iterations; i++)
        {
            var square = x.bmm(x.transpose(1, 2));
            // In TorchSharp the first batch is the instance, and what is added comes last.
            x = square.baddbmm(square, square, beta: B, alpha: C).baddbmm(x, x, beta: A, alpha: 1);
        }
        return x.to(ScalarType.Float32);
    }
}

// The optimiser of every training: AdamW with decoupled weight decay, https://arxiv.org/abs/1711.05101, step for step as torch.optim.AdamW
// computes it, and Muon for the layers' matrices where options say so. A class of its own, since its state must be saved and restored bit
// for bit. Knows nothing of losses.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Optimization;

/// <summary>Moments per named parameter. <see cref="Step"/> counts from 1 after the first update.</summary>
public sealed class Optimizer : IDisposable
{
    readonly OptimizerOptions options;
    readonly (string Name, Tensor Value)[] matrices, others;

    public Optimizer(IReadOnlyList<(string Name, Tensor Value)> parameters, OptimizerOptions options)
    {
        this.options = options;
        matrices = [.. parameters.Where(parameter => options.Muon && IsMatrix(parameter))];
        others = [.. parameters.Except(matrices)];
        foreach (var (index, (name, value)) in parameters.Index())
            Mean[name] = new Moment(value, options.Form, 2 * (uint)index, isSquare: false);
        foreach (var (index, (name, value)) in others.Index())
            Square[name] = new Moment(value, options.Form, 2 * (uint)index + 1, isSquare: true);
    }

    public int Step { get; private set; }

    /// <summary>exp_avg by parameter name; Muon's momentum for its matrices.</summary>
    internal Dictionary<string, Moment> Mean { get; } = [];

    /// <summary>exp_avg_sq by parameter name; Muon's matrices have none.</summary>
    internal Dictionary<string, Moment> Square { get; } = [];

    /// <summary>One update with the gradients the parameters hold.</summary>
    public void Update(double learningRate)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        Step++;
        var (meanCorrection, squareCorrection) = (1 - Math.Pow(options.Beta1, Step), 1 - Math.Pow(options.Beta2, Step));
        var (kept, root) = ((float)(1 - learningRate * options.WeightDecay), (float)Math.Sqrt(squareCorrection));
        var step = new AdamStep(kept, (float)(1 - options.Beta1), (float)options.Beta2, (float)(1 - options.Beta2), root,
            (float)options.Epsilon, (float)(-learningRate / meanCorrection));
        foreach (var (name, value) in others)
            if (value.grad is { } gradient) Move(Decays(name) ? step : step with { Kept = 1 }, name, value, gradient);
        var opened = matrices.Where(matrix => matrix.Value.grad is not null)
            .Select(matrix => (matrix.Name, matrix.Value, Gradient: matrix.Value.grad!, Mean: Mean[matrix.Name].Open())).ToArray();
        new MuonStep(learningRate, kept).Update(opened.Select(matrix => (matrix.Value, matrix.Gradient, matrix.Mean)));
        foreach (var (name, _, _, mean) in opened) Mean[name].Close(mean, Step);
    }

    /// <summary>One parameter at a time, so that narrow moments are wide for one only.</summary>
    void Move(AdamStep step, string name, Tensor value, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var (mean, square) = (Mean[name].Open(), Square[name].Open());
        step.Update(value, gradient, mean, square);
        Mean[name].Close(mean, Step);
        Square[name].Close(square, Step);
    }

    /// <summary>Continues a saved run: copies the moments in.</summary>
    public void Restore(int step, Func<string, Tensor> mean, Func<string, Tensor> square)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        Step = step;
        foreach (var (name, moment) in Mean) moment.Restore(mean(name));
        foreach (var (name, moment) in Square) moment.Restore(square(name));
    }

    public void Dispose()
    {
        foreach (var moment in Mean.Values.Concat(Square.Values)) moment.Dispose();
    }

    /// <summary>Embeddings and heads are tables of rows, which Muon's geometry does not fit.</summary>
    static bool IsMatrix((string Name, Tensor Value) parameter) => parameter.Value.dim() == 2
        && !parameter.Name.Contains("embed", StringComparison.Ordinal) && !parameter.Name.Contains("lm_head", StringComparison.Ordinal);

    /// <summary>Norms and biases never decay (transformers' rule, by name).</summary>
    bool Decays(string name) => options.WeightDecay != 0
        && !name.Contains("bias", StringComparison.Ordinal) && !name.Contains("norm", StringComparison.Ordinal);
}

/// <param name="Form">How moments are kept between steps.</param>
/// <param name="Muon">Whether the layers' matrices are moved by Muon and only the rest by AdamW.</param>
public sealed record OptimizerOptions(double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double WeightDecay = 0,
    bool Muon = false, MomentForm Form = MomentForm.Fp32);

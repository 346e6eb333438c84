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
        foreach (var (name, value) in parameters) Mean[name] = zeros_like(value).DetachFromDisposeScope();
        foreach (var (name, value) in others) Square[name] = zeros_like(value).DetachFromDisposeScope();
    }

    public int Step { get; private set; }

    /// <summary>exp_avg by parameter name; Muon's momentum for its matrices.</summary>
    public Dictionary<string, Tensor> Mean { get; } = [];

    /// <summary>exp_avg_sq by parameter name; Muon's matrices have none.</summary>
    public Dictionary<string, Tensor> Square { get; } = [];

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
            if (value.grad is { } gradient)
                (Decays(name) ? step : step with { Kept = 1 }).Update(value, gradient, Mean[name], Square[name]);
        new MuonStep(learningRate, kept).Update(matrices.Where(matrix => matrix.Value.grad is not null)
            .Select(matrix => (matrix.Value, matrix.Value.grad!, Mean[matrix.Name])));
    }

    /// <summary>Continues a saved run: copies the moments in.</summary>
    public void Restore(int step, Func<string, Tensor> mean, Func<string, Tensor> square)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        Step = step;
        foreach (var (name, moment) in Mean) moment.copy_(mean(name));
        foreach (var (name, moment) in Square) moment.copy_(square(name));
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

/// <param name="Muon">Whether the layers' matrices are moved by Muon and only the rest by AdamW.</param>
public sealed record OptimizerOptions(double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double WeightDecay = 0,
    bool Muon = false);

// The joint L2 norm of all gradients, and their scaling down to a limit. Knows no loss.
using Majlis.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Majlis.Trainer.Optimization;

static class GradientNorm
{
    /// <summary>
    /// Scales all gradients so that their joint norm is at most <paramref name="most"/>, or leaves them where that is 0, as transformers
    /// does; gives the norm before that.
    /// </summary>
    public static double Clip(IEnumerable<(string Name, Tensor Value)> parameters, double most)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        var gradients = parameters.Select(parameter => parameter.Value.grad).OfType<Tensor>().ToArray();
        var norm = stack(gradients.Select(gradient => gradient.norm()).ToArray()).norm().item<float>();
        var factor = most / (norm + 1e-6);
        if (most == 0 || factor >= 1) return norm;
        using var scale = factor.ToScalar();
        foreach (var gradient in gradients) gradient.mul_(scale);
        return norm;
    }

    /// <summary>The first parameter whose gradient has an element that is not finite; null where there is none.</summary>
    public static string? FirstNotFinite(IEnumerable<(string Name, Tensor Value)> parameters)
    {
        using var scope = NewDisposeScope();
        return parameters.Where(parameter => parameter.Value.grad is { } gradient && !gradient.isfinite().all().item<bool>())
            .Select(parameter => parameter.Name).FirstOrDefault();
    }

    /// <summary>Fills existing gradients with zeros, so that no step allocates new ones.</summary>
    public static void Clear(IEnumerable<(string Name, Tensor Value)> parameters)
    {
        using var scope = NewDisposeScope();
        foreach (var (_, value) in parameters) value.grad?.zero_();
    }
}

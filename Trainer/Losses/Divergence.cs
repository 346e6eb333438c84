// f-divergences in place of the reverse KL, https://arxiv.org/abs/2309.16240: the score f'(pi / pi_ref) of a log-ratio. Pure functions.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

public static class Divergence
{
    /// <summary>exp(80) is near the largest fp32 number.</summary>
    const double MostExponent = 80;

    public static IReadOnlyList<string> Names { get; } = ["reverse_kl", "forward_kl", "js_divergence", "alpha_divergence"];

    /// <param name="ratio">[B] log-ratios.</param>
    /// <param name="name">TRL's name.</param>
    /// <param name="alpha">Of alpha_divergence; 1 is reverse_kl.</param>
    public static Tensor Score(Tensor ratio, string name, double alpha) => name switch
    {
        "reverse_kl" => ratio,
        "forward_kl" => 1.0.From(exp(-ratio)),
        "js_divergence" => nn.functional.logsigmoid(ratio).Plus(Math.Log(2)),
        "alpha_divergence" when Math.Abs(alpha - 1) < 1e-6 => ratio,
        "alpha_divergence" => exp(ratio.Times(alpha - 1).clamp_max(Numbers.Of(MostExponent))).Plus(-1).Over(alpha - 1),
        _ => throw new ArgumentException($"f-divergence '{name}' is not one of {string.Join(", ", Names)}", nameof(name)),
    };
}

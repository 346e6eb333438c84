#!/usr/bin/env bash
# TorchSharp 0.107.0: var_mean gives the standard deviation where its name, its tuple and PyTorch say variance; var gives the variance, std_mean is
# right. A norm written by hand, the advantage of a policy gradient or a z-score divides by the fourth root then, and all stays finite.
# Among the distributions Weibull.log_prob is wrong (a density above 1 where the formula gives 0.33), and Geometric.entropy too; Normal, Beta, Gamma,
# Categorical and Poisson agree with the formulas.
# Seen:
#   var_mean: 5.2915 5.0000
#   var: 28.0000, std: 5.2915, mean: 5.0000
#   std_mean: 5.2915 5.0000
#   Weibull(2, 3).log_prob(1): 2.0986, formula -1.1058
#   Geometric(0.3).entropy(): 0.6236, formula 2.0362
#   Normal(0, 2).log_prob(1): -1.7371, formula -1.7371
# Fails if that changes. Needs the .NET 10 SDK, python3 and a NuGet source; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/torchsharp.sh"
cat >Program.cs <<'CS'
using System;
using static TorchSharp.torch;
string Number(Tensor x) => $"{x.to(ScalarType.Float64).item<double>():0.0000}";
var x = tensor(new[] { 1f, 3f, 11f });
var (first, second) = var_mean(x);
Console.WriteLine($"var_mean: {Number(first)} {Number(second)}");
Console.WriteLine($"var: {Number(x.var())}, std: {Number(x.std())}, mean: {Number(x.mean())}");
(first, second) = std_mean(x);
Console.WriteLine($"std_mean: {Number(first)} {Number(second)}");
var weibull = distributions.Weibull(tensor(2f), tensor(3f)).log_prob(tensor(1f));
Console.WriteLine($"Weibull(2, 3).log_prob(1): {Number(weibull)}, formula {Math.Log(1.5) + 2 * Math.Log(0.5) - 0.125:0.0000}");
var geometric = distributions.Geometric(tensor(0.3f)).entropy();
Console.WriteLine($"Geometric(0.3).entropy(): {Number(geometric)}, formula {-(0.7 * Math.Log(0.7) + 0.3 * Math.Log(0.3)) / 0.3:0.0000}");
var normal = distributions.Normal(tensor(0f), tensor(2f)).log_prob(tensor(1f));
Console.WriteLine($"Normal(0, 2).log_prob(1): {Number(normal)}, formula {-0.125 - Math.Log(2) - 0.5 * Math.Log(2 * Math.PI):0.0000}");
CS
probe >seen
cat seen
diff - seen <<'OUT'
var_mean: 5.2915 5.0000
var: 28.0000, std: 5.2915, mean: 5.0000
std_mean: 5.2915 5.0000
Weibull(2, 3).log_prob(1): 2.0986, formula -1.1058
Geometric(0.3).entropy(): 0.6236, formula 2.0362
Normal(0, 2).log_prob(1): -1.7371, formula -1.7371
OUT
echo "as stated"

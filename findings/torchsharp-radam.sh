#!/usr/bin/env bash
# TorchSharp 0.107.0: RAdam applies the learning rate twice from the sixth step on. The first five steps (momentum only) are as in the paper
# and in PyTorch; then the rectified step is taken once more times the rate. At rate 0.001 training all but stops: after 1,000 steps on a
# constant slope the weight has moved by 0.0054 where the formula, here in plain doubles, moves it by 0.4491.
# Nothing is raised and the loss still falls a little, so it looks like a bad rate. Also the default rate is 0.002 (PyTorch 0.001).
# Seen:
#   5 steps at 0.001: moved 0.0050, by the formula 0.0050
#   1000 steps at 0.001: moved 0.0054, by the formula 0.4491
#   1000 steps at 0.01: moved 0.0944, by the formula 4.4914
#   sixth step at 0.01: 0.0100 of the formula's
# Fails if that changes. Needs the .NET 10 SDK, python3 and a NuGet source; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/torchsharp.sh"
cat >Program.cs <<'CS'
using System;
using TorchSharp.Modules;
using static TorchSharp.torch;
double Torch(int steps, double rate)
{
    var weight = new Parameter(ones(1, dtype: ScalarType.Float64));
    var optimizer = optim.RAdam([weight], rate);
    for (var i = 0; i < steps; i++)
    {
        weight.grad = ones(1, dtype: ScalarType.Float64);
        optimizer.step();
    }
    return 1 - weight.item<double>();
}
double Plain(int steps, double rate)
{
    var (m, v, moved, longest) = (0.0, 0.0, 0.0, 2 / (1 - 0.999) - 1);
    for (var t = 1; t <= steps; t++)
    {
        (m, v) = (0.9 * m + 0.1, 0.999 * v + 0.001);
        var power = Math.Pow(0.999, t);
        var length = longest - 2 * t * power / (1 - power);
        var step = m / (1 - Math.Pow(0.9, t));
        if (length > 5)
            step *= Math.Sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))
                / (Math.Sqrt(v / (1 - power)) + 1e-8);
        moved += rate * step;
    }
    return moved;
}
foreach (var (steps, rate) in new[] { (5, 0.001), (1000, 0.001), (1000, 0.01) })
    Console.WriteLine($"{steps} steps at {rate}: moved {Torch(steps, rate):0.0000}, by the formula {Plain(steps, rate):0.0000}");
var (five, six) = (Torch(5, 0.01), Torch(6, 0.01));
Console.WriteLine($"sixth step at 0.01: {(six - five) / (Plain(6, 0.01) - Plain(5, 0.01)):0.0000} of the formula's");
CS
probe >seen
cat seen
diff - seen <<'OUT'
5 steps at 0.001: moved 0.0050, by the formula 0.0050
1000 steps at 0.001: moved 0.0054, by the formula 0.4491
1000 steps at 0.01: moved 0.0944, by the formula 4.4914
sixth step at 0.01: 0.0100 of the formula's
OUT
echo "as stated"

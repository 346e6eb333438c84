#!/usr/bin/env bash
# TorchSharp 0.107.0: an optimizer's own rate and weight decay do not reach its parameter groups. A ParamGroup that leaves them out keeps the
# defaults of its constructor (rate 0.001, decay 0), not what the optimizer was given; in PyTorch the optimizer's values fill the gaps.
# The usual two groups of fine-tuning (weights with decay, norms and biases without) at rate 2e-5 thus run 50 times too fast. Besides,
# AdamW decays nothing unless told (PyTorch: 0.01). Set every value in every group, or read ParamGroups back before training.
# Seen:
#   AdamW, 2e-5, decay 0.1, no groups: -0.000022
#   AdamW, 2e-5, decay 0.1, two groups: -0.001000 -0.001000
#   SGD, 0.5, groups without and with rate 0.5: -0.001000 -0.500000
#   AdamW, rate 0.1, default decay, gradient 0: 0.000000 (PyTorch -0.001)
# Fails if that changes. Needs the .NET 10 SDK, python3 and a NuGet source; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/torchsharp.sh"
cat >Program.cs <<'CS'
using System;
using System.Linq;
using TorchSharp.Modules;
using static TorchSharp.torch;
Parameter One() => new(ones(1));
void Step(string name, optim.Optimizer optimizer, params Parameter[] all)
{
    foreach (var p in all) p.grad = ones(1);
    optimizer.step();
    Console.WriteLine($"{name}: {string.Join(" ", all.Select(p => $"{p.item<float>() - 1:0.000000}"))}");
}
var (plain, a, b) = (One(), One(), One());
Step("AdamW, 2e-5, decay 0.1, no groups", optim.AdamW([plain], 2e-5, weight_decay: 0.1), plain);
AdamW.ParamGroup[] groups = [new([a]), new([b], weight_decay: 0)];
Step("AdamW, 2e-5, decay 0.1, two groups", optim.AdamW(groups, 2e-5, weight_decay: 0.1), a, b);
(a, b) = (One(), One());
Step("SGD, 0.5, groups without and with rate 0.5", optim.SGD([new SGD.ParamGroup([a]), new SGD.ParamGroup([b], 0.5)], 0.5), a, b);
var idle = One();
idle.grad = zeros(1);
optim.AdamW([idle], 0.1).step();
Console.WriteLine($"AdamW, rate 0.1, default decay, gradient 0: {idle.item<float>() - 1:0.000000} (PyTorch -0.001)");
CS
probe >seen
cat seen
diff - seen <<'OUT'
AdamW, 2e-5, decay 0.1, no groups: -0.000022
AdamW, 2e-5, decay 0.1, two groups: -0.001000 -0.001000
SGD, 0.5, groups without and with rate 0.5: -0.001000 -0.500000
AdamW, rate 0.1, default decay, gradient 0: 0.000000 (PyTorch -0.001)
OUT
echo "as stated"

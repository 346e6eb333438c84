#!/usr/bin/env bash
# TorchSharp 0.107.0: init.trunc_normal_, the way transformers are initialised, fills the whole tensor with one number: with the default bounds -2
# and 2 every weight becomes mean + std. All units of a layer are then the same and stay so, since their gradients are the same too: the network
# trains, the loss falls, and it is one unit wide. And xavier_normal_ draws from the uniform distribution: no value beyond its bound, and with
# the same seed the very numbers of xavier_uniform_. kaiming_normal_ and normal_ are normal. For whoever trains from nothing or adds a new
# head: use normal_ (and clamp_), and look at a histogram once.
# Seen:
#   trunc_normal_(): one value, 1.00
#   trunc_normal_(std: 0.02): one value, 0.02
#   normal_(std: 0.02): std 0.020
#   xavier_normal_: 0 of 80000 beyond 1.73 std (normal: about 6700)
#   xavier_normal_ equals xavier_uniform_: True
#   kaiming_normal_: True, beyond 1.73 std as a normal one
# Fails if that changes. Needs the .NET 10 SDK, python3 and a NuGet source; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/torchsharp.sh"
cat >Program.cs <<'CS'
using System;
using System.Linq;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
float[] Fill(Func<Tensor, Tensor> start)
{
    manual_seed(1);
    var weight = zeros([400, 200]);
    using (no_grad()) start(weight);
    return weight.reshape(-1).data<float>().ToArray();
}
void Show(string name, float[] x) =>
    Console.WriteLine($"{name}: {(x.Distinct().Count() == 1 ? $"one value, {x[0]:0.00}" : $"std {Math.Sqrt(x.Average(v => v * v)):0.000}")}");
Show("trunc_normal_()", Fill(w => init.trunc_normal_(w)));
Show("trunc_normal_(std: 0.02)", Fill(w => init.trunc_normal_(w, std: 0.02)));
Show("normal_(std: 0.02)", Fill(w => init.normal_(w, std: 0.02)));
var bound = Math.Sqrt(6.0 / 600);
var xavier = Fill(w => init.xavier_normal_(w));
Console.WriteLine($"xavier_normal_: {xavier.Count(v => Math.Abs(v) > bound)} of 80000 beyond 1.73 std (normal: about 6700)");
Console.WriteLine($"xavier_normal_ equals xavier_uniform_: {xavier.SequenceEqual(Fill(w => init.xavier_uniform_(w)))}");
var kaiming = Fill(w => init.kaiming_normal_(w));
Console.WriteLine($"kaiming_normal_: {kaiming.Count(v => Math.Abs(v) > Math.Sqrt(6.0 / 200)) > 5000}, beyond 1.73 std as a normal one");
CS
probe >seen
cat seen
diff - seen <<'OUT'
trunc_normal_(): one value, 1.00
trunc_normal_(std: 0.02): one value, 0.02
normal_(std: 0.02): std 0.020
xavier_normal_: 0 of 80000 beyond 1.73 std (normal: about 6700)
xavier_normal_ equals xavier_uniform_: True
kaiming_normal_: True, beyond 1.73 std as a normal one
OUT
echo "as stated"

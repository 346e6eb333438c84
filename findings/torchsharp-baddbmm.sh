#!/usr/bin/env bash
# TorchSharp 0.107.0: in `a.baddbmm(b, c)` the instance is the first batch and the last argument is what is added: c + a b. In PyTorch
# `a.baddbmm(b, c)` is a + b c, and TorchSharp's own `a.addmm(b, c)` is a + b c as well. The static `torch.baddbmm(a, b, c)` calls the
# instance, so it differs from torch.baddbmm too. With square matrices no shape objects: the result is only wrong.
# Seen:
#   addmm: 106
#   baddbmm: 203
#   torch.baddbmm: 203
# Fails if that changes. Needs the .NET 10 SDK, python3 and a NuGet source; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/torchsharp.sh"
cat >Program.cs <<'CS'
using static TorchSharp.torch;
Tensor Matrix(float value) => full([1, 1], value);
Tensor Batch(float value) => full([1, 1, 1], value);
System.Console.WriteLine($"addmm: {Matrix(100).addmm(Matrix(2), Matrix(3)).item<float>()}");
System.Console.WriteLine($"baddbmm: {Batch(100).baddbmm(Batch(2), Batch(3)).item<float>()}");
System.Console.WriteLine($"torch.baddbmm: {baddbmm(Batch(100), Batch(2), Batch(3)).item<float>()}");
CS
probe >seen
cat seen
diff - seen <<'OUT'
addmm: 106
baddbmm: 203
torch.baddbmm: 203
OUT
echo "as stated"

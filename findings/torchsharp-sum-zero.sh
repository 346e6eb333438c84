#!/usr/bin/env bash
# TorchSharp 0.107.0: `x.sum(0)` does not sum along dimension 0. The literal 0 also converts to an enum, so C# picks sum(ScalarType), and
# type 0 is Byte: every value is cut to an unsigned byte, all are added, and one number comes back. sum(1), sum(-1) and sum(dim: 0) are
# along the dimension, and so is std(0), which has no such overload. prod(0) does the same. `norm(2)` is the other way round: PyTorch's p is
# TorchSharp's dimension when it is an int, and p when it is a float. For whoever ports a loss or a mean over tokens from PyTorch: values
# below 1 add up to 0, and a mask times a loss gives a whole number, without an error, since a scalar broadcasts anywhere.
# Seen:
#   sum(0): Byte [] = 45
#   sum(dim: 0): Float32 [3] = 1 1 301
#   sum(1): Float32 [2] = 300.75 2.25
#   prod(0): Byte [] = 0
#   prod(dim: 0): Float32 [3] = 0.25 0.19 300
#   std(0): Float32 [3] = 0 0.35 211.42
#   norm(2): Float32 [2, 2] = 1.73 1.73 1.73 1.73
#   norm(2f): Float32 [] = 3.46
# Fails if that changes. Needs the .NET 10 SDK, python3 and a NuGet source; uses nothing of this project.
set -euo pipefail
. "$(dirname "$0")/shared/torchsharp.sh"
cat >Program.cs <<'CS'
using System.Linq;
using static TorchSharp.torch;
string Numbers(Tensor x) => string.Join(" ", x.to(ScalarType.Float32).data<float>().ToArray().Select(v => $"{v:0.##}"));
string Show(Tensor x) => $"{x.dtype} [{string.Join(", ", x.shape)}] = {Numbers(x)}";
var x = tensor(new[,] { { 0.5f, 0.25f, 300f }, { 0.5f, 0.75f, 1f } });
System.Console.WriteLine($"sum(0): {Show(x.sum(0))}");
System.Console.WriteLine($"sum(dim: 0): {Show(x.sum(dim: 0))}");
System.Console.WriteLine($"sum(1): {Show(x.sum(1))}");
System.Console.WriteLine($"prod(0): {Show(x.prod(0))}");
System.Console.WriteLine($"prod(dim: 0): {Show(x.prod(dim: 0))}");
System.Console.WriteLine($"std(0): {Show(x.std(0))}");
var cube = ones([2, 2, 3]);
System.Console.WriteLine($"norm(2): {Show(cube.norm(2))}");
System.Console.WriteLine($"norm(2f): {Show(cube.norm(2f))}");
CS
probe >seen
cat seen
diff - seen <<'OUT'
sum(0): Byte [] = 45
sum(dim: 0): Float32 [3] = 1 1 301
sum(1): Float32 [2] = 300.75 2.25
prod(0): Byte [] = 0
prod(dim: 0): Float32 [3] = 0.25 0.19 300
std(0): Float32 [3] = 0 0.35 211.42
norm(2): Float32 [2, 2] = 1.73 1.73 1.73 1.73
norm(2f): Float32 [] = 3.46
OUT
echo "as stated"

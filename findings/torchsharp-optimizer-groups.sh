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
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >probe.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageReference Include="TorchSharp-cpu" Version="0.107.0" /></ItemGroup>
</Project>
XML
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
dotnet build -c Release -v q --nologo
# The native library asks for a version of libstdc++ that Debian 12 lacks and that nothing in it uses: there the demand is made weak.
library=$(find bin -name libLibTorchSharp.so)
if ldd "$library" | grep 'GLIBCXX_3.4.32.*not found' >/dev/null; then
  python3 - "$library" <<'PY'
import struct, sys
value = 0
for byte in b"GLIBCXX_3.4.32":
    value = (value << 4) + byte
    high = value & 0xF0000000
    value = (value ^ high >> 24) & ~high & 0xFFFFFFFF
data = bytearray(open(sys.argv[1], "rb").read())
at = data.index(struct.pack("<IH", value, 0))
data[at + 4] = 2
open(sys.argv[1], "wb").write(data)
PY
fi
dotnet run -c Release --no-build >seen
cat seen
diff - seen <<'OUT'
AdamW, 2e-5, decay 0.1, no groups: -0.000022
AdamW, 2e-5, decay 0.1, two groups: -0.001000 -0.001000
SGD, 0.5, groups without and with rate 0.5: -0.001000 -0.500000
AdamW, rate 0.1, default decay, gradient 0: 0.000000 (PyTorch -0.001)
OUT
echo "as stated"

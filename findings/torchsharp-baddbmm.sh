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
using static TorchSharp.torch;
Tensor Matrix(float value) => full([1, 1], value);
Tensor Batch(float value) => full([1, 1, 1], value);
System.Console.WriteLine($"addmm: {Matrix(100).addmm(Matrix(2), Matrix(3)).item<float>()}");
System.Console.WriteLine($"baddbmm: {Batch(100).baddbmm(Batch(2), Batch(3)).item<float>()}");
System.Console.WriteLine($"torch.baddbmm: {baddbmm(Batch(100), Batch(2), Batch(3)).item<float>()}");
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
addmm: 106
baddbmm: 203
torch.baddbmm: 203
OUT
echo "as stated"

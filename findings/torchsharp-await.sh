#!/usr/bin/env bash
# TorchSharp 0.107.0: `using (no_grad())` and `using (NewDisposeScope())` belong to the thread, and an `await` inside them may end on another.
# After the await the model builds a graph again and new tensors are in no scope, so they stay until the collector comes. Worse, the thread that
# entered is never set back: it goes on without gradients after the block, and whatever trains on it later has a loss that requires none.
# The await may be deep inside (a channel, a lock, a log); a server or trainer that passes work over the thread pool sees it at random.
# Keep such blocks free of await, or give them a thread of their own.
# Seen:
#   after the scope: made before await freed True, made after it freed False
#   before await: gradients False
#   after await: gradients True
#   the caller's thread, after the block: gradients False, a loss requires them False
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
using System.Threading;
using System.Threading.Tasks;
using TorchSharp.Modules;
using static TorchSharp.torch;
async Task Evaluate()
{
    using (no_grad())
    {
        Console.WriteLine($"before await: gradients {is_grad_enabled()}");
        await Task.Delay(1).ConfigureAwait(false);
        Console.WriteLine($"after await: gradients {is_grad_enabled()}");
    }
}
async Task Score()
{
    Tensor first, second;
    using (NewDisposeScope())
    {
        first = ones(1);
        await Task.Delay(1).ConfigureAwait(false);
        second = ones(1);
    }
    Console.WriteLine($"after the scope: made before await freed {first.IsInvalid}, made after it freed {second.IsInvalid}");
}
var thread = new Thread(() =>
{
    Score().Wait();
    Evaluate().Wait();
    var weight = new Parameter(ones(1));
    var loss = weight * 2;
    Console.WriteLine($"the caller's thread, after the block: gradients {is_grad_enabled()}, a loss requires them {loss.requires_grad}");
});
thread.Start();
thread.Join();
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
after the scope: made before await freed True, made after it freed False
before await: gradients False
after await: gradients True
the caller's thread, after the block: gradients False, a loss requires them False
OUT
echo "as stated"

# Sourced by the findings of TorchSharp: a folder of its own, thrown away at the end, with a project of TorchSharp 0.107.0; and `probe`, which
# builds and runs the Program.cs there. Knows no finding.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >probe.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageReference Include="TorchSharp-cpu" Version="0.107.0" /></ItemGroup>
</Project>
XML
probe() {
  dotnet build -c Release -v q --nologo >&2
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
  dotnet run -c Release --no-build
}

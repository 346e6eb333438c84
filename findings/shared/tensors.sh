# Sourced by the findings of System.Numerics.Tensors: a folder of its own, thrown away at the end, with a project of version 11.0.0; and `probe`,
# which runs the Program.cs there. Knows no finding.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >probe.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><InvariantGlobalization>true</InvariantGlobalization></PropertyGroup>
  <ItemGroup><PackageReference Include="System.Numerics.Tensors" Version="11.0.0" /></ItemGroup>
</Project>
XML
probe() {
  dotnet build -c Release -v q --nologo >&2
  dotnet run -c Release --no-build
}

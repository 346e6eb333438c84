# Sourced by the findings of LLamaSharp: a folder of its own, thrown away at the end, with a project of LLamaSharp 0.30.0, no native library and no
# model; and `probe`, which runs the Program.cs there. Knows no finding.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >probe.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><InvariantGlobalization>true</InvariantGlobalization></PropertyGroup>
  <ItemGroup><PackageReference Include="LLamaSharp" Version="0.30.0" /></ItemGroup>
</Project>
XML
probe() {
  dotnet build -c Release -v q --nologo >&2
  dotnet run -c Release --no-build
}

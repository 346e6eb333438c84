# Sourced with a package's name and version by the findings of .NET libraries that need nothing else: a folder of its own, thrown away at the end,
# with a project of that package; and `probe`, which builds and runs the Program.cs there. Knows no finding.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >probe.csproj <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><InvariantGlobalization>true</InvariantGlobalization></PropertyGroup>
  <ItemGroup><PackageReference Include="$1" Version="$2" /></ItemGroup>
</Project>
XML
probe() {
  dotnet build -c Release -v q --nologo >&2
  dotnet run -c Release --no-build
}

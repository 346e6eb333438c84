// The house's rules of reference: which room may use which library, and which room may use which room.
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests;

public sealed partial class HouseRules
{
    static readonly Dictionary<string, string[]> rooms = new()
    {
        ["Text"] = [],
        ["Hub"] = [],
        ["CommandLine"] = [],
        ["Model"] = ["Text"],
        ["Torch"] = ["Model"],
        ["Cpu"] = ["Model"],
        ["Inference"] = ["Model"],
        ["Merge"] = ["CommandLine", "Hub", "Model", "Torch"],
        ["Evaluation"] = ["Inference"],
        ["Rag"] = ["Text"],
        ["Feedback"] = ["Text"],
        ["Server"] = ["CommandLine", "Cpu", "Feedback", "Hub", "Inference", "Rag", "Torch"],
        ["Trainer"] = ["CommandLine", "Evaluation", "Feedback", "Hub", "Merge", "Torch"],
    };

    public static TheoryData<string, string> Libraries => new()
    {
        { "TorchSharp", "Torch" },
        { "Microsoft.ML.Tokenizers", "Text" },
        { "StackExchange.Redis", "Feedback" },
        { "Microsoft.Garnet", "Feedback" },
        { "Microsoft.SemanticKernel.Core", "Rag" },
        { "Lucene.Net", "Rag" },
        { "System.CommandLine", "CommandLine" },
        { "Parquet.Net", "Trainer" },
        { "ScottPlot", "Trainer" },
        { "Spectre.Console", "CommandLine" },
    };

    [Fact]
    public void Each_room_references_only_the_rooms_it_may_know()
    {
        foreach (var (room, known) in rooms)
            Assert.Equal(known, References(room, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)!).Order());
    }

    [Theory, MemberData(nameof(Libraries))]
    public void A_library_is_known_by_one_room_only(string library, string owner)
    {
        var users = rooms.Keys.Where(room => References(room, "PackageReference").Contains(library));
        Assert.Equal([owner], users);
    }

    [Fact]
    public void Only_the_server_is_a_web_project()
    {
        var web = rooms.Keys.Where(room => Project(room).Attribute("Sdk")!.Value == "Microsoft.NET.Sdk.Web");
        Assert.Equal(["Server"], web);
        Assert.All(rooms.Keys.Where(room => room != "Server"), room => Assert.Empty(References(room, "FrameworkReference")));
    }

    /// <summary>References are transitive for the compiler, so the rule for hosts is checked in their sources.</summary>
    [Theory]
    [InlineData("TorchSharp", "Torch", "Trainer")]
    [InlineData("StackExchange.Redis", "Feedback")]
    [InlineData("Microsoft.SemanticKernel", "Rag")]
    [InlineData("Microsoft.AspNetCore", "Server")]
    [InlineData("Prometheus", "Server", "Trainer")]
    [InlineData("OpenTelemetry", "Server")]
    public void Sources_name_a_library_only_where_it_lives(string library, params string[] owners)
    {
        var strangers = rooms.Keys.Except(owners)
            .SelectMany(room => Directory.EnumerateFiles(Path.Combine(Shared.Root, room), "*.cs", SearchOption.AllDirectories))
            .Where(file => File.ReadLines(file).Any(line => line.StartsWith($"using {library}", StringComparison.Ordinal)
                || line.StartsWith($"using static {library}", StringComparison.Ordinal)));
        Assert.Empty(strangers);
    }

    [Fact]
    public void A_namespace_is_its_folder() =>
        Assert.Empty(Sources().Where(file => Namespace(file) is { } name && name != Folder(file))
            .Select(file => Path.GetRelativePath(Shared.Root, file)));

    // System first, then by name, part by part. Checked here, since a format check that also loads the projects takes minutes.
    [Fact]
    public void Usings_are_sorted() =>
        Assert.Empty(Sources().Where(file => Usings(file) is var found && !found.SequenceEqual(found
                .OrderBy(name => !name.StartsWith("System", StringComparison.Ordinal))
                .ThenBy(name => name.Replace('.', '\0'), StringComparer.OrdinalIgnoreCase)))
            .Select(file => Path.GetRelativePath(Shared.Root, file)));

    [Fact]
    public void No_line_is_longer_than_140_characters() => Assert.DoesNotContain(Lines(), line => line.Text.Length > 140);

    [Fact]
    public void No_warning_is_switched_off_in_a_source() =>
        Assert.DoesNotContain(Lines(), line => line.Text.Contains("#pragma " + "warning", StringComparison.Ordinal));

    // Without ICU, as in small container images, .NET's own normalisation changes nothing.
    [Fact]
    public void Text_is_normalised_by_our_own_tables_only() =>
        Assert.DoesNotContain(Lines(), line => line.File != "UnicodeFormsTests.cs" && PlatformNormalization().IsMatch(line.Text));

    [Fact]
    public void Logs_are_declared_not_composed() =>
        Assert.DoesNotContain(Lines(), line => ComposedLog().IsMatch(line.Text));

    [Fact]
    public void Hosts_open_with_a_table_of_contents() =>
        Assert.All(["Server", "Trainer", "Merge"], host =>
            Assert.InRange(File.ReadLines(Path.Combine(Shared.Root, host, "Program.cs")).Count(), 1, 70));

    // Build steps under Torch/build write to MSBuild's own log.
    static IEnumerable<string> Sources() => rooms.Keys.Concat(["benchmarks", "fuzz", "loop", "recipes/starter", "tests"])
        .SelectMany(room => Directory.EnumerateFiles(Path.Combine(Shared.Root, room), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}build{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    static IEnumerable<(string File, string Text)> Lines() =>
        Sources().SelectMany(file => File.ReadLines(file).Select(text => (Path.GetFileName(file), text)));

    /// <summary>Null if the file has none, as a program's main file.</summary>
    static string? Namespace(string file) => File.ReadLines(file)
        .FirstOrDefault(line => line.StartsWith("namespace ", StringComparison.Ordinal))?["namespace ".Length..].TrimEnd(';');

    static string[] Usings(string file) =>
        [.. File.ReadLines(file).Select(line => UsingOfNamespace().Match(line)).Where(match => match.Success)
            .Select(match => match.Groups[1].Value)];

    static string Folder(string file) =>
        "Majlis." + Path.GetRelativePath(Shared.Root, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.');

    [GeneratedRegex(@"\.Log(Trace|Debug|Information|Warning|Error|Critical)\(")]
    private static partial Regex ComposedLog();

    [GeneratedRegex(@"(?<!UnicodeForms)\.(Normalize|IsNormalized|TryNormalize)\(")]
    private static partial Regex PlatformNormalization();

    [GeneratedRegex(@"^using ([\w.]+);$")]
    private static partial Regex UsingOfNamespace();

    // What is only built along is not known.
    static IEnumerable<string> References(string room, string kind) => Project(room).Descendants(kind)
        .Where(item => item.Attribute("ReferenceOutputAssembly")?.Value != "false").Select(item => item.Attribute("Include")!.Value);

    static XElement Project(string room) => XElement.Load(Path.Combine(Shared.Root, room, $"{room}.csproj"));
}

// The maps are true: TREE.md names every source file with that file's own first sentence and nothing else, links lead to files,
// and every room says what it is. To rewrite the tree: MAJLIS_UPDATE_TREE=1 ./test.sh -class Majlis.tests.MapTests
using System.Diagnostics;
using System.Text.RegularExpressions;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests;

public sealed partial class MapTests
{
    const string Opening = """
        # The tree

        Every source file opens by saying what it does; this is that sentence, folder by folder. A test keeps it true.

        """;

    static readonly string[] rooms =
    [
        "Text", "Model", "Hub", "CommandLine", "Torch", "Cpu", "Inference", "Server", "Rag", "Feedback", "Trainer", "Merge", "Evaluation",
        "benchmarks", "fuzz", "loop", "recipes/starter",
    ];

    static readonly string tree = Path.Combine(Shared.Root, "TREE.md");

    [Fact]
    public void The_tree_lists_every_source_file_with_its_first_sentence()
    {
        var drawn = Opening + string.Concat(rooms.Append("tests").SelectMany(Folders).Select(Draw));
        if (Environment.GetEnvironmentVariable("MAJLIS_UPDATE_TREE") == "1") File.WriteAllText(tree, drawn);
        else Assert.Equal(drawn, File.ReadAllText(tree));
    }

    [Fact]
    public void Every_linked_path_exists()
    {
        var texts = rooms.Select(room => Path.Combine(room, "README.md")).Append("README.md").Append("CONTRIBUTING.md");
        var missing = texts.SelectMany(text => Link().Matches(File.ReadAllText(Path.Combine(Shared.Root, text)))
            .Select(match => match.Groups[1].Value)
            .Where(path => !path.Contains("://", StringComparison.Ordinal))
            .Where(path => !Path.Exists(Path.Combine(Shared.Root, Path.GetDirectoryName(text)!, path)))
            .Select(path => $"{text}: {path}"));
        Assert.Empty(missing);
    }

    [Theory]
    [InlineData("Server")]
    [InlineData("Trainer")]
    public async Task The_readme_names_every_option_of_a_host(string host)
    {
        var program = Path.Combine(AppContext.BaseDirectory, $"Majlis.{host}");
        using var process = Process.Start(new ProcessStartInfo(program, ["--help"]) { RedirectStandardOutput = true })!;
        var help = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var readme = await File.ReadAllTextAsync(Path.Combine(Shared.Root, "README.md"), TestContext.Current.CancellationToken);
        var options = Option().Matches(help).Select(match => match.Groups[1].Value).Except(["--help", "--version"]).ToList();
        Assert.NotEmpty(options);
        Assert.All(options, option => Assert.Contains($"`{option}`", readme, StringComparison.Ordinal));
    }

    /// <summary>Files that the README names in backticks, by their whole path.</summary>
    [Fact]
    public void The_readme_names_only_files_that_are_there()
    {
        var named = NamedFile().Matches(File.ReadAllText(Path.Combine(Shared.Root, "README.md"))).Select(match => match.Groups[1].Value);
        Assert.DoesNotContain(named, path => !File.Exists(Path.Combine(Shared.Root, path)));
    }

    [Fact]
    public void Every_source_file_opens_by_saying_what_it_does()
    {
        var silent = rooms.SelectMany(Folders).SelectMany(Sources)
            .Where(file => !File.ReadLines(file).First().StartsWith("// ", StringComparison.Ordinal));
        Assert.Empty(silent.Select(file => Path.GetRelativePath(Shared.Root, file)));
    }

    static string Draw(string folder)
    {
        var lines = Sources(folder).Select(file => $"- `{Path.GetFileName(file)}`: {FirstSentence(file)}\n");
        return $"\n## {Path.GetRelativePath(Shared.Root, folder).Replace(Path.DirectorySeparatorChar, '/')}\n\n{string.Concat(lines)}";
    }

    /// <summary>The room's folder and the folders below it that hold sources.</summary>
    static IEnumerable<string> Folders(string room) => Directory
        .EnumerateDirectories(Path.Combine(Shared.Root, room), "*", SearchOption.AllDirectories)
        .Prepend(Path.Combine(Shared.Root, room))
        .Where(folder => Sources(folder).Any()).Order(StringComparer.Ordinal);

    static IEnumerable<string> Sources(string folder) => Directory.EnumerateFiles(folder, "*.cs").Order(StringComparer.Ordinal);

    static string FirstSentence(string file)
    {
        var comment = string.Join(' ', File.ReadLines(file).TakeWhile(line => line.StartsWith("//", StringComparison.Ordinal))
            .Select(line => line.TrimStart('/').Trim()));
        return Sentence().Match(comment).Value.TrimEnd('.', ':', ';', ' ');
    }

    [GeneratedRegex(@"^.*?(?:[.:;](?=\s|$)|$)")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"^\s+(--[a-z-]+)", RegexOptions.Multiline)]
    private static partial Regex Option();

    [GeneratedRegex(@"`(\w+/[\w/]+\.cs)`")]
    private static partial Regex NamedFile();

    [GeneratedRegex(@"\]\(([^)#\s]+)\)")]
    private static partial Regex Link();
}

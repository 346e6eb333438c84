// The README is the map: its tree names every source file with that file's own first sentence, and nothing that is not there.
// To write the tree anew: MAJLIS_UPDATE_README=1 ./test.sh -class Majlis.tests.ReadmeTests
using System.Text.RegularExpressions;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests;

public sealed partial class ReadmeTests
{
    const string Begin = "<!-- tree: begin -->\n```\n";
    const string End = "```\n<!-- tree: end -->";

    static readonly string[] rooms =
        ["Model", "Torch", "Inference", "Server", "Rag", "Feedback", "Trainer", "Merge", "Evaluation", "benchmarks"];

    static readonly string readme = Path.Combine(Shared.Root, "README.md");

    [Fact]
    public void The_tree_lists_every_source_file_with_its_first_sentence()
    {
        var text = File.ReadAllText(readme);
        var (start, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        var tree = string.Concat(rooms.Select(Draw)) + DrawTests();
        if (Environment.GetEnvironmentVariable("MAJLIS_UPDATE_README") == "1")
            File.WriteAllText(readme, string.Concat(text.AsSpan(0, start), tree, text.AsSpan(end)));
        else
            Assert.Equal(tree, text[start..end]);
    }

    [Fact]
    public void Every_linked_path_exists()
    {
        var missing = Link().Matches(File.ReadAllText(readme)).Select(match => match.Groups[1].Value)
            .Where(path => !path.Contains("://", StringComparison.Ordinal) && !Path.Exists(Path.Combine(Shared.Root, path)));
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_source_file_opens_by_saying_what_it_does()
    {
        var silent = rooms.SelectMany(Sources).Where(file => !File.ReadLines(file).First().StartsWith("// ", StringComparison.Ordinal));
        Assert.Empty(silent.Select(file => Path.GetRelativePath(Shared.Root, file)));
    }

    static string Draw(string room)
    {
        var lines = Sources(room).Select(file => $"  {Path.GetRelativePath(Path.Combine(Shared.Root, room), file),-40} {FirstSentence(file)}\n");
        return $"{room}/\n{string.Concat(lines)}";
    }

    static string DrawTests()
    {
        var folders = Directory.GetDirectories(Path.Combine(Shared.Root, "tests")).Select(folder => Path.GetFileName(folder)!)
            .Where(name => name is not ("goldens" or "bin" or "obj")).Order(StringComparer.Ordinal);
        return $"tests/\n{string.Concat(folders.Select(folder => $"  {folder}/\n"))}";
    }

    static IEnumerable<string> Sources(string room) => Directory
        .EnumerateFiles(Path.Combine(Shared.Root, room), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .OrderBy(file => (file.Count(letter => letter == Path.DirectorySeparatorChar), file), Comparer<(int, string)>.Create(ByDepthThenName));

    static int ByDepthThenName((int Depth, string Name) left, (int Depth, string Name) right) => left.Depth != right.Depth
        ? left.Depth.CompareTo(right.Depth)
        : string.CompareOrdinal(left.Name, right.Name);

    static string FirstSentence(string file)
    {
        var comment = string.Join(' ', File.ReadLines(file).TakeWhile(line => line.StartsWith("//", StringComparison.Ordinal))
            .Select(line => line.TrimStart('/').Trim()));
        var sentence = Sentence().Match(comment).Value.TrimEnd('.', ':', ';', ' ');
        return sentence.Length <= 100 ? sentence : string.Concat(sentence.AsSpan(0, sentence.LastIndexOf(' ', 99)), " …");
    }

    [GeneratedRegex(@"^.*?(?:[.:;](?=\s|$)|$)")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"\]\(([^)#\s]+)\)")]
    private static partial Regex Link();
}

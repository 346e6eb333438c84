// A data file: named sections of "key: text" lines. Lines that begin with # are remarks. Knows no meaning of keys.
namespace Majlis.recipes.starter.Grammar;

public sealed class Section(string name, string file)
{
    readonly List<(string Key, string Text)> lines = [];

    public string Name => name;

    /// <summary>Every text of the section, whatever its key.</summary>
    public IEnumerable<string> Texts => lines.Select(line => line.Text);

    public bool Has(string key) => lines.Exists(line => line.Key == key);

    /// <summary>All texts of a key; at least one.</summary>
    public List<string> All(string key) => Has(key) ? [.. lines.Where(line => line.Key == key).Select(line => line.Text)]
        : throw new FormatException($"data/{file}: section [{name}] has no line '{key}: ...'.");

    public List<string> AllOrNone(string key) => Has(key) ? All(key) : [];

    public string One(string key) => All(key)[0];

    /// <summary>The texts of a key as patterns.</summary>
    public List<Pattern> Patterns(string key) => [.. All(key).Select(Pattern.Parse)];

    /// <summary>A list on one line, separated by bars.</summary>
    public List<string> List(string key) => [.. All(key).SelectMany(line => line.Split('|', StringSplitOptions.TrimEntries))];

    internal void Add(string key, string text) => lines.Add((key, text));

    /// <summary>The sections of an embedded file such as <c>training/frames.en.txt</c>.</summary>
    public static List<Section> Read(string file)
    {
        // A build on Windows names folders with backslashes.
        var assembly = typeof(Section).Assembly;
        using var stream = assembly.GetManifestResourceStream(file) ?? assembly.GetManifestResourceStream(file.Replace('/', '\\'))
            ?? throw new FileNotFoundException($"data/{file} is not there.");
        using var reader = new StreamReader(stream);
        var sections = new List<Section>();
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (line.Length == 0 || line[0] == '#') continue;
            if (line[0] == '[' && line[^1] == ']') sections.Add(new Section(line[1..^1], file));
            else if (sections.Count > 0 && line.IndexOf(": ", StringComparison.Ordinal) is > 0 and var colon)
                sections[^1].Add(line[..colon], line[(colon + 2)..]);
            else throw new FormatException($"data/{file}:{number}: expected [section] or 'key: text', found '{line}'.");
        }
        return sections;
    }

    /// <summary>A file that both sides use, such as <c>topics.ar.txt</c>.</summary>
    public static List<Section> Shared(string name, Language language) => Read($"{name}.{language.Code()}.txt");

    public static List<Section> Of(Split split, string name, Language language) => Read($"{split.Folder()}/{name}.{language.Code()}.txt");
}

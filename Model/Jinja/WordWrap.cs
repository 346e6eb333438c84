// The wordwrap filter: Python's textwrap, paragraph by paragraph.
using System.Text.RegularExpressions;

namespace Majlis.Model.Jinja;

static partial class WordWrap
{
    [GeneratedRegex(@"(\s+)")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"(?<=[^\s\W\d]-)(?=[^\s\W\d])")]
    private static partial Regex Hyphens();

    public static string Wrap(Run run, object?[] a)
    {
        var width = Function.Whole(a[1], 79);
        if (width <= 0) throw JinjaException.Value($"invalid width {width} (must be > 0)");
        var between = Function.Or(a[3], null) is { } given ? StringMethods.Text(given) : "\n";
        var text = StringMethods.Text(a[0]);
        run.SpendText((long)text.Length * (1 + between.Length));
        var paragraphs = Splitting.Lines(run, text, keepEnds: false)
            .Select(line => string.Join(between, Lines((string)line!, width, Function.Flag(a[2], true), Function.Flag(a[4], true))));
        return string.Join(between, paragraphs);
    }

    static List<string> Lines(string paragraph, int width, bool breakWords, bool breakHyphens)
    {
        var chunks = Spaces().Split(paragraph).Where(chunk => chunk.Length > 0)
            .SelectMany(chunk => breakHyphens ? Hyphens().Split(chunk) : [chunk]).ToList();
        var lines = new List<string>();
        var line = "";
        foreach (var chunk in chunks)
        {
            var rest = chunk;
            while (rest.Length > 0)
            {
                if (line.Length == 0 && lines.Count > 0 && PythonText.IsAllSpace(rest)) break;
                if (line.Length + rest.Length <= width) { line += rest; break; }
                var room = width - line.Length;
                if (rest.Length > width && breakWords && room > 0 && !PythonText.IsAllSpace(rest))
                    (line, rest) = (line + rest[..room], rest[room..]);
                else if (line.Length == 0) (line, rest) = (rest, "");
                if (line.Length > 0) lines.Add(PythonText.StripEnd(line));
                line = "";
            }
        }
        if (PythonText.StripEnd(line).Length > 0) lines.Add(PythonText.StripEnd(line));
        return lines;
    }
}

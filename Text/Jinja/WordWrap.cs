// The wordwrap filter: Python's textwrap, paragraph by paragraph.
using System.Text.RegularExpressions;

namespace Majlis.Text.Jinja;

static partial class WordWrap
{
    [GeneratedRegex(@"([\t-\r ]+)")]
    private static partial Regex Spaces();

    // As textwrap: white space, a dash of several hyphens between words, or a word up to a hyphen between letters, its end or a dash.
    [GeneratedRegex("""
        ( [\t-\r\x20]+
        | (?<=[\p{L}\p{N}_!"'&.,?]) -{2,} (?=[\p{L}\p{N}_])
        | [^\t-\r\x20]+? (?:
            -(?: (?<=[\p{L}\p{Nl}\p{No}_]{2}-) | (?<=[\p{L}\p{Nl}\p{No}_]-[\p{L}\p{N}_!"'&.,?]-))
                (?=[\p{L}\p{Nl}\p{No}_]-?[\p{L}\p{Nl}\p{No}_])
            | (?=[\t-\r\x20]|\z)
            | (?<=[\p{L}\p{N}_!"'&.,?]) (?=-{2,}[\p{L}\p{N}_]) ) )
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Words();

    public static string Wrap(RenderContext context, object?[] a)
    {
        var width = Function.Whole(a[1], 79);
        if (width <= 0) throw JinjaException.Value($"invalid width {width} (must be > 0)");
        var between = Function.Or(a[3], null) is { } given ? StringMethods.Text(given) : "\n";
        var text = StringMethods.Text(a[0]);
        context.SpendText((long)text.Length * (1 + between.Length));
        var paragraphs = Splitting.Lines(context, text, keepEnds: false)
            .Select(line => string.Join(between, Lines((string)line!, width, Function.Flag(a[2], true), Function.Flag(a[4], true))));
        return string.Join(between, paragraphs);
    }

    static List<string> Lines(string paragraph, int width, bool breakWords, bool breakHyphens)
    {
        var chunks = new Stack<string>((breakHyphens ? Words() : Spaces()).Split(paragraph).Where(chunk => chunk.Length > 0).Reverse());
        var lines = new List<string>();
        while (chunks.Count > 0)
        {
            var line = new List<string>();
            if (lines.Count > 0 && PythonText.IsAllSpace(chunks.Peek())) chunks.Pop();
            var room = width;
            while (chunks.Count > 0 && PythonText.Length(chunks.Peek()) <= room) Take(chunks.Pop(), line, ref room);
            if (chunks.Count > 0 && PythonText.Length(chunks.Peek()) > width)
            {
                if (breakWords) Take(Cut(chunks, room, breakHyphens), line, ref room);
                else if (line.Count == 0) line.Add(chunks.Pop());
            }
            if (line.Count > 0 && (line[^1].Length == 0 || PythonText.IsAllSpace(line[^1]))) line.RemoveAt(line.Count - 1);
            if (line.Count > 0) lines.Add(string.Concat(line));
        }
        return lines;
    }

    static void Take(string chunk, List<string> line, ref int room)
    {
        line.Add(chunk);
        room -= PythonText.Length(chunk);
    }

    // The start of a chunk that fits no line; cut after its last hyphen within the room if anything else stands before that hyphen.
    static string Cut(Stack<string> chunks, int room, bool breakHyphens)
    {
        var chunk = chunks.Pop();
        var begin = string.Concat(PythonText.Characters(chunk).Take(room));
        var hyphen = breakHyphens ? begin.LastIndexOf('-') : -1;
        if (hyphen > 0 && begin.AsSpan(0, hyphen).ContainsAnyExcept('-')) begin = begin[..(hyphen + 1)];
        if (begin.Length < chunk.Length) chunks.Push(chunk[begin.Length..]);
        return begin;
    }
}

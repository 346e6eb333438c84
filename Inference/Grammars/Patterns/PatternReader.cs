// Parses regular expressions in the part that ECMAScript and Rust share: literals, classes, groups, alternatives, repetitions, anchors,
// look ahead. Laziness changes no language. Everything else is an error that names it. Knows no bytes.
using System.Globalization;
using Majlis.Inference.Grammars.Characters;

namespace Majlis.Inference.Grammars.Patterns;

sealed class PatternReader
{
    const int LongestPattern = 1 << 14;
    const int Deepest = 100;
    const int MostQuantifiers = 16;

    readonly string text;
    readonly CharacterSet dot;
    int at;
    int depth;

    PatternReader(string text, CharacterSet dot) => (this.text, this.dot) = (text, dot);

    /// <param name="text">The pattern, without delimiters.</param>
    /// <param name="dot">The characters that a dot stands for.</param>
    /// <exception cref="GrammarException">It is no pattern, or has an unsupported construct.</exception>
    public static PatternPart Read(string text, CharacterSet dot)
    {
        if (text.Length > LongestPattern)
            throw new GrammarException($"A pattern may have {LongestPattern} characters; this has {text.Length}.");
        var reader = new PatternReader(text, dot);
        var part = reader.Alternatives();
        return reader.at == text.Length ? part : throw reader.Wrong("a ')' without its '('");
    }

    PatternPart Alternatives()
    {
        if (++depth > Deepest) throw Wrong($"groups nested deeper than {Deepest}");
        var branches = new List<PatternPart> { Branch() };
        while (Skip('|')) branches.Add(Branch());
        depth--;
        return branches.Count == 1 ? branches[0] : new AnyOf(branches);
    }

    InOrder Branch()
    {
        var parts = new List<PatternPart>();
        while (at < text.Length && text[at] is not ('|' or ')')) parts.Add(Quantified(Atom()));
        return new(parts);
    }

    PatternPart Atom()
    {
        var start = at;
        switch (text[at++])
        {
            case '^': return new Edge(IsStart: true);
            case '$': return new Edge(IsStart: false);
            case '.': return new OneOf(dot);
            case '(': return Group();
            case '[': return new OneOf(ClassReader.Class(text, ref at));
            case '\\': return Escape();
            case '*' or '+' or '?': throw Wrong("a quantifier with nothing before it", start);
            default:
                at = start;
                return new OneOf(CharacterSet.One(ClassReader.Character(text, ref at)));
        }
    }

    PatternPart Escape()
    {
        if (at < text.Length && text[at] is 'b' or 'B') throw Wrong($"the word boundary \\{text[at]}", at - 1);
        if (at < text.Length && text[at] is 'A' && ++at > 0) return new Edge(IsStart: true);
        if (at < text.Length && text[at] is 'z' or 'Z' && ++at > 0) return new Edge(IsStart: false);
        if (at < text.Length && text[at] is >= '1' and <= '9' or 'k') throw Wrong("a reference to a group", at - 1);
        return new OneOf(ClassReader.Escape(text, ref at));
    }

    PatternPart Group()
    {
        var start = at - 1;
        bool? isNegative = null;
        if (Skip("?=")) isNegative = false;
        else if (Skip("?!")) isNegative = true;
        else if (Skip("?<=") || Skip("?<!")) throw Wrong("look behind", start);
        else if (Skip("?<") || Skip("?P<"))
            at = text.IndexOf('>', at) is var end and >= 0 ? end + 1 : throw Wrong("a name without '>'", start);
        else if (!Skip("?:") && at < text.Length && text[at] == '?') throw Wrong("a group with flags", start);
        var part = Alternatives();
        if (!Skip(')')) throw Wrong("a '(' without its ')'", start);
        return isNegative is { } negative ? new LookAhead(part, negative) : part;
    }

    PatternPart Quantified(PatternPart part)
    {
        for (var quantifiers = 1; Quantifier() is var (least, most); quantifiers++)
        {
            if (quantifiers > MostQuantifiers) throw Wrong($"more than {MostQuantifiers} quantifiers in a row");
            if (most < least) throw Wrong("a repetition whose bounds are exchanged");
            if (part is Edge or LookAhead) throw Wrong("a repeated anchor or look ahead");
            part = new Repeated(part, least, most);
            Skip('?');
            if (at < text.Length && text[at] == '+') throw Wrong("a possessive quantifier");
        }
        return part;
    }

    (int Least, int? Most)? Quantifier()
    {
        if (Skip('*')) return (0, null);
        if (Skip('+')) return (1, null);
        if (Skip('?')) return (0, 1);
        var start = at;
        if (Skip('{') && Number() is { } least)
        {
            if (Skip('}')) return (least, least);
            if (Skip(','))
            {
                var most = Number();
                if (Skip('}')) return (least, most);
            }
        }
        // A brace that bounds nothing stands for itself.
        at = start;
        return null;
    }

    int? Number()
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        if (at == start) return null;
        return int.TryParse(text.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw Wrong("too large a number", start);
    }

    bool Skip(char expected)
    {
        if (at >= text.Length || text[at] != expected) return false;
        at++;
        return true;
    }

    bool Skip(string expected)
    {
        if (string.CompareOrdinal(text, at, expected, 0, expected.Length) != 0) return false;
        at += expected.Length;
        return true;
    }

    GrammarException Wrong(string what, int? where = null) => ClassReader.Wrong(text, where ?? at, what);
}

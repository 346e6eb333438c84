// Parses the parts of a pattern that denote sets of code points: [...], \p{..}, \s, \d, \n, \u0000 and other escapes.
using System.Globalization;

namespace Majlis.Text.Tokenizers.Patterns;

sealed class SetParser(string pattern)
{
    const int MaxDepth = 16;

    int depth;

    /// <summary>Reads [...] at <paramref name="position"/>, with nested sets, ranges, and &amp;&amp;.</summary>
    public SetTerm Bracket(ref int position)
    {
        if (++depth > MaxDepth) throw Refuse("more than 16 nested sets", position);
        position++;
        var negated = At(position, '^');
        if (negated) position++;
        List<SetTerm> parts = [];
        SetTerm? intersected = null;
        for (var first = true; first || !At(position, ']'); first = false)
        {
            if (position >= pattern.Length) throw Refuse("a [ that is never closed", position);
            if (pattern.AsSpan(position).StartsWith("&&", StringComparison.Ordinal))
            {
                position += 2;
                intersected = Both(intersected, new UnionTerm(parts));
                parts = [];
            }
            else parts.Add(Member(ref position));
        }
        position++;
        depth--;
        var term = Both(intersected, new UnionTerm(parts));
        return negated ? new NotTerm(term) : term;
    }

    static SetTerm Both(SetTerm? left, SetTerm right) => left is null ? right : new IntersectionTerm(left, right);

    bool At(int position, char unit) => position < pattern.Length && pattern[position] == unit;

    SetTerm Member(ref int position)
    {
        if (pattern.AsSpan(position).StartsWith("[:", StringComparison.Ordinal)) return Posix(ref position);
        if (At(position, '[')) return Bracket(ref position);
        var term = Single(ref position);
        if (!At(position, '-') || At(position + 1, ']') || position + 1 >= pattern.Length) return term;
        if (term is not RangeTerm { First: var first } from || first != from.Last) return term;
        position++;
        return Single(ref position) is RangeTerm to && to.First == to.Last && to.First >= first
            ? new RangeTerm(first, to.First) : throw Refuse("a range whose end is before its start", position);
    }

    SetTerm Single(ref int position)
    {
        if (At(position, '\\')) return Escape(ref position);
        var codePoint = CodePoints.At(pattern, position);
        position += CodePoints.Size(codePoint);
        return new RangeTerm(codePoint, codePoint);
    }

    SetTerm Posix(ref int position)
    {
        var end = pattern.IndexOf(":]", position, StringComparison.Ordinal);
        if (end < 0) throw Refuse("a [: that is never closed", position);
        var name = pattern[(position + 2)..end];
        var bare = name.TrimStart('^');
        var term = Property(bare.Equals("punct", StringComparison.OrdinalIgnoreCase) ? "PosixPunct" : bare, position);
        position = end + 2;
        return name.StartsWith('^') ? new NotTerm(term) : term;
    }

    /// <summary>Reads the escape at <paramref name="position"/>; a RangeTerm of one if it is a single code point.</summary>
    public SetTerm Escape(ref int position)
    {
        if (position + 1 >= pattern.Length) throw Refuse("a backslash at its end", position);
        var unit = pattern[position + 1];
        position += 2;
        return unit switch
        {
            'n' => Char('\n'),
            'r' => Char('\r'),
            't' => Char('\t'),
            'f' => Char('\f'),
            'v' => Char('\v'),
            'a' => Char('\a'),
            'e' => Char(27),
            's' => new KindTerm(CodePointKinds.Space),
            'S' => new KindTerm(CodePointKinds.All & ~CodePointKinds.Space),
            'd' => new KindTerm(1 << 8),
            'D' => new KindTerm(CodePointKinds.All & ~(1u << 8)),
            'w' => Word,
            'W' => new NotTerm(Word),
            'h' => Hexadecimal(),
            'H' => new NotTerm(Hexadecimal()),
            'p' or 'P' => Property(ref position, negated: unit == 'P'),
            'u' => Char(Hex(pattern, ref position, 4)),
            'x' when At(position, '{') => Braced(ref position),
            'x' => Char(Hex(pattern, ref position, 2)),
            '0' when !(position < pattern.Length && char.IsAsciiDigit(pattern[position])) => Char(0),
            _ when char.IsAsciiLetterOrDigit(unit) => throw Refuse($"the escape \\{unit}", position - 2),
            _ => Literal(ref position),
        };
    }

    // Oniguruma has a table of its own for Latin-1 that a class in brackets does not read.
    WordTerm Word => new(IsAlone: depth == 0);

    static RangeTerm Char(int codePoint) => new(codePoint, codePoint);

    static UnionTerm Hexadecimal() => new([new RangeTerm('0', '9'), new RangeTerm('a', 'f'), new RangeTerm('A', 'F')]);

    RangeTerm Literal(ref int position)
    {
        var codePoint = CodePoints.At(pattern, position - 1);
        position += CodePoints.Size(codePoint) - 1;
        return Char(codePoint);
    }

    SetTerm Property(ref int position, bool negated)
    {
        var end = pattern.IndexOf('}', position);
        if (!At(position, '{') || end < 0) throw Refuse("a \\p without {...}", position);
        var name = pattern[(position + 1)..end];
        var term = Property(name.TrimStart('^'), position);
        position = end + 1;
        return negated != name.StartsWith('^') ? new NotTerm(term) : term;
    }

    SetTerm Property(string name, int position) => name.ToUpperInvariant() switch
    {
        "WORD" => Word,
        "POSIXPUNCT" => new KindTerm(CodePointKinds.Punctuation | CodePointKinds.Symbol),
        "ALNUM" => new UnionTerm([new KindTerm(CodePointKinds.Letter | CodePointKinds.Mark | 1 << 8 | 1 << 9)]),
        "HAN" => Scripts.Han,
        _ when CodePointKinds.Named(name) is { } kinds => new KindTerm(kinds),
        _ => throw Refuse($"the property {name}, which is not known here", position),
    };

    RangeTerm Braced(ref int position)
    {
        var digits = pattern.IndexOf('}', position) - position - 1;
        if (digits is < 1 or > 6) throw Refuse("an \\x{...} that is not a code point", position);
        position++;
        var codePoint = Hex(pattern, ref position, digits);
        position++;
        return Char(codePoint);
    }

    int Hex(string text, ref int position, int digits)
    {
        if (position + digits > text.Length
            || !int.TryParse(text.AsSpan(position, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            throw Refuse("a \\u or \\x without its hexadecimal digits", position);
        position += digits;
        return value;
    }

    ModelFormatException Refuse(string what, int position) => new($"the pattern {pattern} has {what} (at {position}).");
}

/// <summary>Scripts that the patterns of known models name.</summary>
static class Scripts
{
    /// <summary>Script=Han of Unicode 16.</summary>
    public static SetTerm Han { get; } = new UnionTerm([.. new (int First, int Last)[]
    {
        (0x2E80, 0x2E99), (0x2E9B, 0x2EF3), (0x2F00, 0x2FD5), (0x3005, 0x3005), (0x3007, 0x3007), (0x3021, 0x3029), (0x3038, 0x303B),
        (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFA6D), (0xFA70, 0xFAD9), (0x16FE2, 0x16FE3), (0x16FF0, 0x16FF1),
        (0x20000, 0x2A6DF), (0x2A700, 0x2B739), (0x2B740, 0x2B81D), (0x2B820, 0x2CEA1), (0x2CEB0, 0x2EBE0), (0x2EBF0, 0x2EE5D),
        (0x2F800, 0x2FA1D), (0x30000, 0x3134A), (0x31350, 0x323AF),
    }.Select(range => new RangeTerm(range.First, range.Last))]);
}

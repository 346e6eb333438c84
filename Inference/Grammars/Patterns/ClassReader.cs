// Parses the parts of a pattern that stand for one character: classes in brackets, escapes, literals. Knows no repetition.
using System.Globalization;
using Majlis.Inference.Grammars.Characters;

namespace Majlis.Inference.Grammars.Patterns;

static class ClassReader
{
    /// <summary>A class after its '['; <paramref name="at"/> ends behind its ']'.</summary>
    public static CharacterSet Class(string text, ref int at)
    {
        var start = at - 1;
        var isNegative = at < text.Length && text[at] == '^';
        if (isNegative) at++;
        var set = CharacterSet.None;
        while (true)
        {
            if (at >= text.Length) throw Wrong(text, start, "a '[' without its ']'");
            if (text[at] == ']') break;
            if (text[at] == '[' && at + 1 < text.Length && text[at + 1] == ':') throw Wrong(text, at, "a POSIX class");
            set = set.Or(Range(text, ref at));
        }
        at++;
        return isNegative ? set.Not() : set;
    }

    static CharacterSet Range(string text, ref int at)
    {
        var start = at;
        var first = Member(text, ref at);
        if (at + 1 >= text.Length || text[at] != '-' || text[at + 1] == ']' || Single(first) is not { } low) return first;
        var dash = at++;
        var second = Member(text, ref at);
        // A dash before a class such as \d stands for itself.
        if (Single(second) is not { } high) return first.Or(second).Or(CharacterSet.One('-'));
        return low <= high ? CharacterSet.Of((low, high)) : throw Wrong(text, start, $"a range whose ends are exchanged (at '-', {dash})");
    }

    static int? Single(CharacterSet set) =>
        set.Ranges is [var range] && range.First == range.Last ? range.First : null;

    static CharacterSet Member(string text, ref int at)
    {
        if (text[at] != '\\') return CharacterSet.One(Character(text, ref at));
        at++;
        if (at < text.Length && text[at] == 'b')
        {
            at++;
            return CharacterSet.One('\b');
        }
        return Escape(text, ref at);
    }

    /// <summary>What an escape after its backslash stands for.</summary>
    public static CharacterSet Escape(string text, ref int at)
    {
        if (at >= text.Length) throw Wrong(text, at - 1, "a backslash at the end");
        var letter = text[at++];
        return letter switch
        {
            'd' => CharacterSet.Digit,
            'D' => CharacterSet.Digit.Not(),
            'w' => CharacterSet.Word,
            'W' => CharacterSet.Word.Not(),
            's' => CharacterSet.Space,
            'S' => CharacterSet.Space.Not(),
            'n' => CharacterSet.One('\n'),
            'r' => CharacterSet.One('\r'),
            't' => CharacterSet.One('\t'),
            'f' => CharacterSet.One('\f'),
            'v' => CharacterSet.One('\v'),
            '0' => CharacterSet.One(0),
            'c' when at < text.Length && char.IsAsciiLetter(text[at]) => CharacterSet.One(text[at++] & 31),
            'x' => CharacterSet.One(Hex(text, ref at, 2)),
            'u' => CharacterSet.One(Unit(text, ref at)),
            'p' => Property(text, ref at),
            'P' => Property(text, ref at).Not(),
            >= '1' and <= '9' => throw Wrong(text, at - 2, "a reference to a group"),
            _ when char.IsAsciiLetter(letter) => throw Wrong(text, at - 2, $"the escape \\{letter}"),
            _ => CharacterSet.One(Back(text, ref at)),
        };
    }

    /// <summary>One character as itself.</summary>
    public static int Character(string text, ref int at)
    {
        var character = char.IsSurrogatePair(text, at) ? char.ConvertToUtf32(text, at) : text[at];
        at += character > char.MaxValue ? 2 : 1;
        return character;
    }

    // The character before the cursor, which may be half of one.
    static int Back(string text, ref int at)
    {
        at--;
        return Character(text, ref at);
    }

    static int Unit(string text, ref int at)
    {
        var unit = Hex(text, ref at, 4);
        if (!char.IsHighSurrogate((char)unit) || string.CompareOrdinal(text, at, "\\u", 0, 2) != 0) return unit;
        var start = at;
        at += 2;
        var low = Hex(text, ref at, 4);
        if (char.IsLowSurrogate((char)low)) return char.ConvertToUtf32((char)unit, (char)low);
        at = start;
        return unit;
    }

    static int Hex(string text, ref int at, int digits)
    {
        var start = at;
        if (at < text.Length && text[at] == '{' && text.IndexOf('}', at) is var end and > 0)
        {
            (start, digits, at) = (at + 1, end - at - 1, end + 1);
        }
        else at += digits;
        if (at > text.Length || !int.TryParse(text.AsSpan(start, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
            out var value) || value is < 0 or > 0x10FFFF) throw Wrong(text, start, "an escape without its hexadecimal digits");
        return value;
    }

    static CharacterSet Property(string text, ref int at)
    {
        var start = at - 2;
        if (at < text.Length && text[at] == '{' && text.IndexOf('}', at) is var end and > 0)
        {
            var name = text[(at + 1)..end];
            at = end + 1;
            if (CharacterSet.Category(name) is { } set) return set;
        }
        throw Wrong(text, start, "a property other than a general category, such as \\p{L}");
    }

    public static GrammarException Wrong(string text, int at, string what) =>
        new($"The pattern '{text}' holds {what} at character {at}; that is not supported.");
}

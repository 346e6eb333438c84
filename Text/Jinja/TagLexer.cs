// Splits the inside of {% %} and {{ }} into names, numbers, strings and operators. An end tag counts only if all
// brackets are closed, as in Jinja2.
using System.Globalization;
using System.Numerics;

namespace Majlis.Text.Jinja;

sealed class TagLexer(string source, List<Token> tokens, bool block)
{
    static readonly string[] operators =
        ["//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",",
            ";"];

    readonly Stack<char> open = new();
    int position;
    int line;

    /// <summary>Splits up to the end tag; returns the position after it, its whitespace sign and its line.</summary>
    public (int End, char Sign, int Line) Cut(int start, int startLine)
    {
        (position, line) = (start, startLine);
        while (position < source.Length)
        {
            if (open.Count == 0 && EndTag() is { } end) return (end.End, end.Sign, line);
            var c = source[position];
            if (PythonText.IsSpace(c))
            {
                if (c == '\n') line++;
                position++;
            }
            else if (char.IsAsciiDigit(c)) Number();
            else if (c == '_' || char.IsLetterOrDigit(c) || char.IsSurrogate(c)) Name();
            else if (c is '\'' or '"') String(c);
            else Operator();
        }
        // The parser reports what is missing.
        return (position, '\0', line);
    }

    (int End, char Sign)? EndTag()
    {
        var close = block ? "%}" : "}}";
        var sign = source[position] is '-' || (block && source[position] is '+') ? source[position] : '\0';
        var at = position + (sign == '\0' ? 0 : 1);
        return string.CompareOrdinal(source, at, close, 0, 2) == 0 ? (at + 2, sign) : null;
    }

    void Name()
    {
        var start = position;
        while (position < source.Length && IsNamePart(source[position])) position++;
        var name = source[start..position];
        if (!name.EnumerateRunes().All(IsIdentifierPart)) throw JinjaException.Syntax("Invalid character in identifier", line);
        tokens.Add(new Token(TokenKind.Name, name, line));
    }

    static bool IsNamePart(char c) => c == '_' || char.IsLetterOrDigit(c) || char.IsSurrogate(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    static bool IsIdentifierPart(System.Text.Rune rune) => rune.Value == '_' || System.Text.Rune.IsLetterOrDigit(rune)
        || System.Text.Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    void Number()
    {
        var afterDot = position > 0 && source[position - 1] == '.';
        var whole = Digits(position);
        if (!afterDot && Fraction(whole) is var end && end > whole)
        {
            var text = source[position..end].Replace("_", "", StringComparison.Ordinal);
            tokens.Add(new Token(TokenKind.Number, text, line, double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)));
            position = end;
            return;
        }
        if (source[position] == '0' && position + 2 < source.Length && RadixNumber()) return;
        var last = source[position] == '0' ? Zeros(position) : whole;
        Add(BigInteger.Parse(source[position..last].Replace("_", "", StringComparison.Ordinal), CultureInfo.InvariantCulture), last);
    }

    bool RadixNumber()
    {
        var radix = char.ToLowerInvariant(source[position + 1]) switch { 'b' => 2, 'o' => 8, 'x' => 16, _ => 0 };
        if (radix == 0 || !char.IsAsciiHexDigit(source[position + 2])) return false;
        var value = BigInteger.Zero;
        var at = position + 2;
        for (; at < source.Length && (source[at] == '_' || DigitValue(source[at]) < radix); at++)
            if (source[at] != '_') value = value * radix + DigitValue(source[at]);
        Add(value, at);
        return true;
    }

    static int DigitValue(char c) => char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 99;

    void Add(BigInteger value, int end)
    {
        tokens.Add(new Token(TokenKind.Number, source[position..end], line, PythonNumber.Shrink(value)));
        position = end;
    }

    int Zeros(int at)
    {
        while (at < source.Length && (source[at] == '0' || (source[at] == '_' && at + 1 < source.Length && source[at + 1] == '0'))) at++;
        return at;
    }

    int Digits(int at)
    {
        while (at < source.Length
            && (char.IsAsciiDigit(source[at]) || (source[at] == '_' && at + 1 < source.Length && char.IsAsciiDigit(source[at + 1])))) at++;
        return at;
    }

    // The end of a fraction, an exponent or both after the whole digits; the same position if there is neither.
    int Fraction(int whole)
    {
        var at = whole;
        if (at + 1 < source.Length && source[at] == '.' && char.IsAsciiDigit(source[at + 1])) at = Digits(at + 1);
        if (at < source.Length && source[at] is 'e' or 'E')
        {
            var exponent = at + 1;
            if (exponent < source.Length && source[exponent] is '+' or '-') exponent++;
            if (exponent < source.Length && char.IsAsciiDigit(source[exponent])) return Digits(exponent);
        }
        return at;
    }

    void String(char quote)
    {
        var end = position + 1;
        while (end < source.Length && source[end] != quote) end += source[end] == '\\' ? 2 : 1;
        if (end >= source.Length) throw JinjaException.Syntax($"unexpected char {PythonText.Repr(quote.ToString())} at {position}", line);
        var startLine = line;
        line += source.AsSpan(position, end - position).Count('\n');
        tokens.Add(new Token(TokenKind.String, StringEscapes.Undo(source[(position + 1)..end], startLine), startLine));
        position = end + 1;
    }

    void Operator()
    {
        var text = Array.Find(operators, o => string.CompareOrdinal(source, position, o, 0, o.Length) == 0)
            ?? throw JinjaException.Syntax($"unexpected char {PythonText.Repr(source[position].ToString())} at {position}", line);
        if (text is "{" or "(" or "[") open.Push(text switch { "{" => '}', "(" => ')', _ => ']' });
        else if (text is "}" or ")" or "]")
        {
            if (!open.TryPop(out var expected)) throw JinjaException.Syntax($"unexpected '{text}'", line);
            if (expected != text[0]) throw JinjaException.Syntax($"unexpected '{text}', expected '{expected}'", line);
        }
        tokens.Add(new Token(TokenKind.Operator, text, line));
        position += text.Length;
    }
}

// Decodes the backslash escapes of a Python string literal, as the unicode-escape codec does.
using System.Globalization;
using System.Text;

namespace Majlis.Text.Jinja;

static class StringEscapes
{
    public static string Undo(string text, int line)
    {
        if (!text.Contains('\\')) return text;
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\') result.Append(text[i]);
            else i = Escape(text, i + 1, result, line);
        }
        return result.ToString();
    }

    // Writes the escape whose letter is at `at`; returns the position of its last character.
    static int Escape(string text, int at, StringBuilder result, int line)
    {
        var c = text[at];
        switch (c)
        {
            case '\n': return at;
            case '\\' or '\'' or '"': result.Append(c); return at;
            case 'n': result.Append('\n'); return at;
            case 't': result.Append('\t'); return at;
            case 'r': result.Append('\r'); return at;
            case 'a': result.Append('\a'); return at;
            case 'b': result.Append('\b'); return at;
            case 'f': result.Append('\f'); return at;
            case 'v': result.Append('\v'); return at;
            case 'x': return Hex(text, at, 2, result, line);
            case 'u': return Hex(text, at, 4, result, line);
            case 'U': return Hex(text, at, 8, result, line);
            case 'N': throw JinjaException.Syntax("character names (\\N{...}) are not known here", line);
            case >= '0' and <= '7': return Octal(text, at, result);
            default: result.Append('\\').Append(c); return at;
        }
    }

    static int Octal(string text, int at, StringBuilder result)
    {
        var value = 0;
        var end = at;
        for (; end < text.Length && end < at + 3 && text[end] is >= '0' and <= '7'; end++) value = value * 8 + (text[end] - '0');
        result.Append((char)value);
        return end - 1;
    }

    static int Hex(string text, int at, int digits, StringBuilder result, int line)
    {
        if (at + digits >= text.Length
            || !uint.TryParse(text.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            throw JinjaException.Syntax($"truncated \\{text[at]} escape", line);
        if (value > 0x10FFFF) throw JinjaException.Syntax("illegal Unicode character", line);
        if (value < 0x10000) result.Append((char)value);
        else result.Append(char.ConvertFromUtf32((int)value));
        return at + digits;
    }
}

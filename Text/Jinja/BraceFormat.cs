// str.format: fields by position or name, attributes and items read under the sandbox's rules, !r and !s, and format specs.
using System.Globalization;
using System.Text;

namespace Majlis.Text.Jinja;

sealed class BraceFormat(RenderContext context, Arguments arguments)
{
    int automatic;

    public static Function Method(string text) =>
        new("format", (context, arguments) => new BraceFormat(context, arguments).Format(text, 0));

    string Format(string text, int depth)
    {
        if (depth > 2) throw JinjaException.Value("Max string recursion exceeded");
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '{' or '}' && i + 1 < text.Length && text[i + 1] == text[i]) result.Append(text[i++]);
            else if (text[i] == '}') throw JinjaException.Value("Single '}' encountered in format string");
            else if (text[i] != '{') result.Append(text[i]);
            else
            {
                var close = Close(text, i);
                context.Write(result, Field(text[(i + 1)..close], depth));
                i = close;
            }
        }
        return result.ToString();
    }

    static int Close(string text, int open)
    {
        var depth = 0;
        for (var i = open; i < text.Length; i++)
        {
            if (text[i] == '{') depth++;
            else if (text[i] == '}' && --depth == 0) return i;
        }
        throw JinjaException.Value("expected '}' before end of string");
    }

    string Field(string field, int depth)
    {
        var colon = field.IndexOf(':', StringComparison.Ordinal);
        var spec = colon < 0 ? "" : Format(field[(colon + 1)..], depth + 1);
        var name = colon < 0 ? field : field[..colon];
        var bang = name.IndexOf('!', StringComparison.Ordinal);
        var value = Value(bang < 0 ? name : name[..bang]);
        if (bang >= 0) value = name[bang..] is "!r" or "!a" ? PythonText.Repr(value) : PythonText.Print(value);
        return Spec(value, spec);
    }

    object? Value(string name)
    {
        var end = name.IndexOfAny(['.', '[']);
        var first = end < 0 ? name : name[..end];
        var value = First(first);
        for (var rest = end < 0 ? "" : name[end..]; rest.Length > 0;)
        {
            var item = rest[0] == '[';
            var stop = item ? rest.IndexOf(']', StringComparison.Ordinal) : rest.IndexOfAny(['.', '['], 1);
            if (item && stop < 0) throw JinjaException.Value("Missing ']' in format string");
            var key = rest[1..(stop < 0 ? rest.Length : stop)];
            value = item ? Access.Item(value, long.TryParse(key, CultureInfo.InvariantCulture, out var index) ? index : key)
                : Access.Attribute(value, key);
            rest = stop < 0 ? "" : rest[(item ? stop + 1 : stop)..];
        }
        return value;
    }

    object? First(string name)
    {
        if (name.Length == 0) name = automatic++.ToString(CultureInfo.InvariantCulture);
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var place))
            return place < arguments.Positional.Count ? arguments.Positional[place]
                : throw new JinjaException("IndexError", "Replacement index out of range for positional args tuple");
        foreach (var (key, value) in arguments.Named)
            if (key == name) return value;
        throw new JinjaException("KeyError", PythonText.Repr(name));
    }

    // [[fill]align][sign][#][0][width][,][.precision][type]
    string Spec(object? value, string spec)
    {
        if (spec.Length == 0) return PythonText.Print(value);
        if (value is not (string or Markup) && !PythonNumber.IsNumber(value))
            throw JinjaException.Type($"unsupported format string passed to {PythonType.Name(value)}.__format__");
        var at = 0;
        var number = PythonNumber.IsNumber(value);
        var (fill, align) = (' ', number ? '>' : '<');
        if (spec.Length > 1 && spec[1] is '<' or '>' or '^' or '=') (fill, align, at) = (spec[0], spec[1], 2);
        else if (spec[0] is '<' or '>' or '^' or '=') (align, at) = (spec[0], 1);
        var sign = at < spec.Length && spec[at] is '+' or '-' or ' ' ? spec[at++] : '-';
        var marked = at < spec.Length && spec[at] == '#';
        if (marked) at++;
        if (at < spec.Length && spec[at] == '0') (fill, align, at) = ('0', number ? '=' : align, at + 1);
        var width = Digits(spec, ref at) ?? 0;
        var group = at < spec.Length && spec[at] is ',' or '_' ? spec[at++] : '\0';
        int? precision = null;
        if (at < spec.Length && spec[at] == '.')
        {
            at++;
            precision = Digits(spec, ref at) ?? throw JinjaException.Value("Format specifier missing precision");
        }
        context.SpendText((long)width + (precision ?? 0));
        if (spec.Length - at > 1) throw JinjaException.Value("Invalid format specifier");
        var text = Plain(value, at < spec.Length ? spec[at] : '\0', precision, marked);
        if (group != '\0') text = number ? Grouped(text, group) : throw JinjaException.Value($"Cannot specify '{group}' with 's'.");
        if (number && sign != '-' && text[0] != '-') text = sign + text;
        return Aligned(text, width, fill, align);
    }

    static int? Digits(string spec, ref int at)
    {
        var start = at;
        while (at < spec.Length && char.IsAsciiDigit(spec[at])) at++;
        return at == start ? null : int.TryParse(spec.AsSpan(start, at - start), CultureInfo.InvariantCulture, out var count) ? count
            : throw JinjaException.Value("Too many decimal digits in format string");
    }

    static string Plain(object? value, char type, int? precision, bool marked)
    {
        if (value is string or Markup && type is not ('\0' or 's')) throw UnknownCode(type, value);
        if (type is 'f' or 'F' or 'e' or 'E' or 'g' or 'G' or '%') return NumberText.Real(PythonNumber.Float(value), type, precision ?? 6);
        if (precision is not null && PythonNumber.IsInteger(value))
            throw JinjaException.Value("Precision not allowed in integer format specifier");
        if (type is 'd' or 'x' or 'X' or 'o' or 'b') return NumberText.Whole(PythonNumber.Big(value), type, marked);
        if (value is double real && precision is { } digits) return NumberText.Real(real, 'g', digits);
        if (type is not '\0' && (type != 's' || value is not (string or Markup))) throw UnknownCode(type, value);
        if (PythonNumber.IsInteger(value)) return NumberText.Whole(PythonNumber.Big(value), 'd');
        var text = PythonText.Print(value);
        return precision is { } most && value is string ? string.Concat(PythonText.Characters(text).Take(most)) : text;
    }

    static JinjaException UnknownCode(char type, object? value) =>
        JinjaException.Value($"Unknown format code '{type}' for object of type '{PythonType.Name(value)}'");

    static string Grouped(string text, char separator)
    {
        var start = text[0] == '-' ? 1 : 0;
        var end = start;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        var result = new StringBuilder(text);
        for (var at = end - 3; at > start; at -= 3) result.Insert(at, separator);
        return result.ToString();
    }

    static string Aligned(string text, int width, char fill, char align)
    {
        var missing = Math.Max(0, width - PythonText.Length(text));
        var lead = align == '=' ? NumberText.Lead(text) : 0;
        return align switch
        {
            '<' => text + new string(fill, missing),
            '^' => new string(fill, missing / 2) + text + new string(fill, missing - missing / 2),
            '=' => text[..lead] + new string(fill, missing) + text[lead..],
            _ => new string(fill, missing) + text,
        };
    }
}

// Python's % formatting: text % values.
using System.Globalization;
using System.Text;

namespace Majlis.Text.Jinja;

sealed class PercentFormat
{
    readonly RenderContext context;
    readonly object? values;
    readonly StringBuilder result = new();
    int used;

    PercentFormat(RenderContext context, object? values) => (this.context, this.values) = (context, values);

    public static string Apply(RenderContext context, string format, object? values)
    {
        var formatting = new PercentFormat(context, values);
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] == '%') i = formatting.Field(format, i + 1);
            else formatting.result.Append(format[i]);
        }
        if (values is PyTuple tuple ? formatting.used < tuple.Items.Length
            : formatting.used == 0 && values is not (PyDict or List<object?> or PyRange or Undefined))
            throw JinjaException.Type("not all arguments converted during string formatting");
        return formatting.result.ToString();
    }

    // Writes the field that follows the % at `at`; returns the position of its last character.
    int Field(string format, int at)
    {
        object? named = Function.Absent;
        if (at < format.Length && format[at] == '(')
        {
            var close = format.IndexOf(')', at);
            if (close < 0) throw JinjaException.Value("incomplete format key");
            named = values is PyDict dict && dict.TryGet(format[(at + 1)..close], out var value) ? value
                : throw new JinjaException("KeyError", PythonText.Repr(format[(at + 1)..close]));
            at = close + 1;
            used = 1;
        }
        var flagsEnd = at;
        while (flagsEnd < format.Length && format[flagsEnd] is '-' or '+' or ' ' or '#' or '0') flagsEnd++;
        var flags = format[at..flagsEnd];
        var width = Count(format, ref flagsEnd) ?? 0;
        int? precision = null;
        if (flagsEnd < format.Length && format[flagsEnd] == '.')
        {
            flagsEnd++;
            precision = Count(format, ref flagsEnd) ?? 0;
        }
        if (flagsEnd >= format.Length) throw JinjaException.Value("incomplete format");
        if (format[flagsEnd] == '%') result.Append('%');
        else Write(format[flagsEnd], ReferenceEquals(named, Function.Absent) ? Next() : named, flags, width, precision);
        return flagsEnd;
    }

    int? Count(string format, ref int at)
    {
        if (at < format.Length && format[at] == '*')
        {
            at++;
            return PythonNumber.Index(Next());
        }
        var start = at;
        while (at < format.Length && char.IsAsciiDigit(format[at])) at++;
        return at == start ? null : int.TryParse(format.AsSpan(start, at - start), CultureInfo.InvariantCulture, out var count) ? count
            : throw JinjaException.Value("width too big");
    }

    object? Next()
    {
        if (values is PyTuple tuple) return used < tuple.Items.Length ? tuple.Items[used++] : throw TooFew();
        return used++ == 0 ? values : throw TooFew();
    }

    static JinjaException TooFew() => JinjaException.Type("not enough arguments for format string");

    void Write(char type, object? value, string flags, int width, int? precision)
    {
        if (value is Undefined undefined && type is not ('s' or 'r' or 'a')) throw undefined.Error();
        context.SpendText(Math.Abs((long)width) + (precision ?? 0));
        var text = Convert(type, value, flags, precision);
        var number = type is not ('s' or 'r' or 'a' or 'c');
        if (number && text[0] != '-' && flags.Contains('+')) text = "+" + text;
        else if (number && text[0] != '-' && flags.Contains(' ')) text = " " + text;
        var missing = Math.Max(0, width - PythonText.Length(text));
        if (flags.Contains('-')) text += new string(' ', missing);
        else if (number && flags.Contains('0')) text = text.Insert(NumberText.Lead(text), new string('0', missing));
        else text = new string(' ', missing) + text;
        context.Write(result, text);
    }

    static string Convert(char type, object? value, string flags, int? precision)
    {
        switch (type)
        {
            case 's': return Cut(PythonText.Print(value), precision);
            case 'r' or 'a': return Cut(PythonText.Repr(value), precision);
            case 'c':
                return value is string s && PythonText.Length(s) == 1 ? s
                : char.ConvertFromUtf32(Math.Clamp(PythonNumber.Index(value), 0, 0xD7FF));
            case 'd' or 'i' or 'u':
                if (!PythonNumber.IsNumber(value))
                    throw JinjaException.Type($"%{type} format: a real number is required, not {PythonType.Name(value)}");
                return NumberText.Whole(value is double d ? NumberText.Truncate(d) : PythonNumber.Big(value), 'd');
            case 'x' or 'X' or 'o': return NumberText.Whole(PythonNumber.Big(value), type, flags.Contains('#'));
            case 'f' or 'F' or 'e' or 'E' or 'g' or 'G': return NumberText.Real(PythonNumber.Float(value), type, precision ?? 6);
            default: throw JinjaException.Value($"unsupported format character '{type}'");
        }
    }

    static string Cut(string text, int? precision) => precision is { } most && most < PythonText.Length(text)
        ? string.Concat(PythonText.Characters(text).Take(most)) : text;
}

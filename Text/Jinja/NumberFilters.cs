// Filters that make or change numbers.
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Majlis.Text.Jinja;

static class NumberFilters
{
    public static Function[] All { get; } =
    [
        new("abs", ["x"], 1, (_, a) => a[0] switch
        {
            Undefined undefined => throw undefined.Error(),
            double d => Math.Abs(d),
            { } value when PythonNumber.IsInteger(value) => PythonNumber.Shrink(BigInteger.Abs(PythonNumber.Big(value))),
            _ => throw JinjaException.Type($"bad operand type for abs(): '{PythonType.Name(a[0])}'"),
        }),
        new("int", ["value", "default", "base"], 1, (_, a) => Whole(a[0], Function.Whole(a[2], 10)) ?? Function.Or(a[1], 0L)),
        new("float", ["value", "default"], 1, (_, a) => Real(a[0]) ?? Function.Or(a[1], 0.0)),
        new("round", ["value", "precision", "method"], 1, (_, a) => Round(a[0], Function.Whole(a[1], 0), Function.Or(a[2], "common"))),
        new("filesizeformat", ["value", "binary"], 1, (_, a) =>
            FileSize(Real(a[0]) ?? throw JinjaException.Value("filesizeformat takes a number"), Function.Flag(a[1]))),
    ];

    static object? Whole(object? value, int radix) => value switch
    {
        Undefined undefined => throw undefined.Error(),
        string or Markup =>
            Parse(value.ToString()!, radix)
            ?? (Real(value) is double d && double.IsFinite(d) ? PythonNumber.Shrink(NumberText.Truncate(d)) : null),
        double real => double.IsFinite(real) ? PythonNumber.Shrink(NumberText.Truncate(real)) : null,
        { } when PythonNumber.IsInteger(value) => PythonNumber.Shrink(PythonNumber.Big(value)),
        _ => null,
    };

    // int(text, radix): surrounding white space, a sign, a prefix that fits the radix, single underscores between digits.
    static object? Parse(string text, int radix)
    {
        text = AsciiDigits(PythonText.Strip(text)).ToLowerInvariant();
        var negative = text.StartsWith('-');
        if (negative || text.StartsWith('+')) text = text[1..];
        var prefix = text.Length > 2 && text[0] == '0' ? text[1] switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 } : 0;
        if (prefix != 0 && (radix == prefix || radix == 0)) (text, radix) = (text[2..].TrimStart('_'), prefix);
        else if (radix == 0) radix = 10;
        if (text.Length is 0 or > 4300 || text.StartsWith('_') || text.EndsWith('_') || text.Contains("__", StringComparison.Ordinal))
            return null;
        if (radix == 10)
            return BigInteger.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture,
                out var whole)
                ? PythonNumber.Shrink(negative ? -whole : whole) : null;
        var result = BigInteger.Zero;
        foreach (var c in text.Where(c => c != '_'))
        {
            var digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiLetterLower(c) ? c - 'a' + 10 : 99;
            if (digit >= radix) return null;
            result = result * radix + digit;
        }
        return PythonNumber.Shrink(negative ? -result : result);
    }

    // int() and float() accept the decimal digits of every script.
    static string AsciiDigits(string text) => Ascii.IsValid(text) ? text : string.Concat(PythonText.Characters(text)
        .Select(c => CharUnicodeInfo.GetDecimalDigitValue(c, 0) is var digit and >= 0 ? ((char)('0' + digit)).ToString() : c));

    static double? Real(object? value)
    {
        if (value is Undefined undefined) throw undefined.Error();
        if (PythonNumber.IsNumber(value)) return PythonNumber.Float(value);
        if (value is not (string or Markup)) return null;
        var text = AsciiDigits(PythonText.Strip(value.ToString()!)).ToLowerInvariant();
        var size = text.TrimStart('+', '-');
        if (size is "inf" or "infinity") return text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        if (size == "nan") return double.NaN;
        return size.Length > 0 && (char.IsAsciiDigit(size[0]) || size[0] == '.') && !size.Contains(',')
            && double.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture,
                out var real) ? real : null;
    }

    static object Round(object? value, int precision, object? method)
    {
        if (value is Undefined undefined) throw undefined.Error();
        if (method is not ("common" or "ceil" or "floor"))
            throw new JinjaException("FilterArgumentError", "method must be common, ceil or floor");
        if (!PythonNumber.IsNumber(value)) throw JinjaException.Type($"type {PythonType.Name(value)} doesn't define __round__ method");
        if (method is "common")
            return value is double given ? Round(given, precision) : PythonNumber.Shrink(Round(PythonNumber.Big(value), precision));
        var real = PythonNumber.Float(value);
        var scale = Math.Pow(10, Math.Clamp(precision, -300, 300));
        return method is "ceil" ? Math.Ceiling(real * scale) / scale : Math.Floor(real * scale) / scale;
    }

    static BigInteger Round(BigInteger value, int precision)
    {
        if (precision >= 0) return value;
        var unit = BigInteger.Pow(10, (int)Math.Min(-(long)precision, 50_000));
        return NumberText.HalfToEven(value, unit) * unit;
    }

    static double Round(double value, int precision)
    {
        // Digits beyond this precision are zeros in any double.
        if (!double.IsFinite(value) || precision > 330) return value;
        var text = string.Create(CultureInfo.InvariantCulture, $"{NumberText.Scaled(value, Math.Max(precision, -330))}E{-precision}");
        var rounded = Math.CopySign(double.Parse(text, CultureInfo.InvariantCulture), value);
        return double.IsFinite(rounded) ? rounded : throw new JinjaException("OverflowError", "rounded value too large to represent");
    }

    static string FileSize(double value, bool binary)
    {
        var size = value;
        var unit = binary ? 1024.0 : 1000.0;
        string[] names = binary ? ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"]
            : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
        if (size == 1) return "1 Byte";
        if (size < unit) return ((long)size).ToString(CultureInfo.InvariantCulture) + " Bytes";
        var i = 0;
        for (size /= unit; size >= unit && i < names.Length - 1; i++) size /= unit;
        return NumberText.Real(size, 'f', 1) + " " + names[i];
    }
}

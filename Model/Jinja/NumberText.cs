// Numbers as Python's format letters write them: d x X o b, f e g %.
using System.Globalization;
using System.Numerics;

namespace Majlis.Model.Jinja;

static class NumberText
{
    public static BigInteger Truncate(double value) => double.IsFinite(value) ? new BigInteger(Math.Truncate(value))
        : throw JinjaException.Value(double.IsNaN(value) ? "cannot convert float NaN to integer"
            : "cannot convert float infinity to integer");

    public static string Whole(BigInteger value, char type)
    {
        var sign = value.Sign < 0 ? "-" : "";
        var size = BigInteger.Abs(value);
        return sign + type switch
        {
            'x' => Radix(size, 16),
            'X' => Radix(size, 16).ToUpperInvariant(),
            'o' => Radix(size, 8),
            'b' => Radix(size, 2),
            _ => size.ToString(CultureInfo.InvariantCulture),
        };
    }

    static string Radix(BigInteger value, int radix)
    {
        if (value.IsZero) return "0";
        if (value.GetBitLength() > 4096) throw JinjaException.Value("integer too large to write in this radix");
        var digits = new Stack<char>();
        for (; !value.IsZero; value /= radix) digits.Push("0123456789abcdef"[(int)(value % radix)]);
        return string.Concat(digits);
    }

    public static string Real(double value, char type, int precision)
    {
        if (!double.IsFinite(value)) return PythonNumber.Format(value);
        var digits = Math.Min(precision, 400);
        return char.ToLowerInvariant(type) switch
        {
            'f' => Fixed(value, digits),
            '%' => Fixed(value * 100, digits) + "%",
            'e' => Scientific(value, digits, type == 'E'),
            _ => General(value, Math.Max(1, digits), type == 'G'),
        };
    }

    static string Fixed(double value, int digits) => value.ToString("F" + digits, CultureInfo.InvariantCulture);

    static string Scientific(double value, int digits, bool upper)
    {
        var text = value.ToString("E" + digits, CultureInfo.InvariantCulture);
        var mark = text.IndexOf('E', StringComparison.Ordinal);
        var exponent = int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture,
            $"{text[..mark]}{(upper ? 'E' : 'e')}{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }

    static string General(double value, int digits, bool upper)
    {
        if (value == 0) return "0";
        var exponent = (int)Math.Floor(Math.Log10(Math.Abs(value)));
        if (exponent < -4 || exponent >= digits)
        {
            var text = Scientific(value, digits - 1, upper);
            var mark = text.IndexOf(upper ? 'E' : 'e', StringComparison.Ordinal);
            return Trim(text[..mark]) + text[mark..];
        }
        return Trim(Fixed(value, Math.Max(0, digits - 1 - exponent)));
    }

    static string Trim(string text) => text.Contains('.') ? text.TrimEnd('0').TrimEnd('.') : text;
}

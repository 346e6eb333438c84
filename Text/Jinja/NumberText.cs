// Numbers as Python's format letters write them: d x X o b, f e g %.
using System.Globalization;
using System.Numerics;

namespace Majlis.Text.Jinja;

static class NumberText
{
    public static BigInteger Truncate(double value) => double.IsFinite(value) ? new BigInteger(Math.Truncate(value))
        : throw JinjaException.Value(double.IsNaN(value) ? "cannot convert float NaN to integer"
            : "cannot convert float infinity to integer");

    /// <summary>If <paramref name="marked"/> (Python's #), the radix prefix comes first.</summary>
    public static string Whole(BigInteger value, char type, bool marked = false)
    {
        var sign = (value.Sign < 0 ? "-" : "") + (marked && type is 'x' or 'X' or 'o' or 'b' ? "0" + type : "");
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

    /// <summary>The length of a number's sign and radix prefix; its digits, or zeros that pad them, follow.</summary>
    public static int Lead(string text)
    {
        var sign = text.Length > 0 && text[0] is '-' or '+' or ' ' ? 1 : 0;
        return text.Length > sign + 1 && text[sign] == '0' && text[sign + 1] is 'x' or 'X' or 'o' or 'b' ? sign + 2 : sign;
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
            'f' => Fixed(value, precision),
            '%' => Fixed(value * 100, precision) + "%",
            'e' => Scientific(value, digits, type == 'E'),
            _ => General(value, Math.Max(1, digits), type == 'G'),
        };
    }

    static string Fixed(double value, int digits)
    {
        // No double has more digits than these; further ones are zeros.
        const int most = 1074;
        if (digits > most) return Fixed(value, most) + new string('0', digits - most);
        var text = BigInteger.Abs(Scaled(value, digits)).ToString(CultureInfo.InvariantCulture).PadLeft(digits + 1, '0');
        var sign = double.IsNegative(value) ? "-" : "";
        return digits == 0 ? sign + text : $"{sign}{text[..^digits]}.{text[^digits..]}";
    }

    /// <summary>
    /// value * 10^digits as a whole number, rounded from the exact value, ties to even as in Python; .NET's own formats round ties up.
    /// </summary>
    public static BigInteger Scaled(double value, int digits)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)(bits >> 52 & 0x7FF);
        var fraction = bits & (1L << 52) - 1;
        var (numerator, denominator) = ((BigInteger)(exponent == 0 ? fraction : fraction | 1L << 52), BigInteger.One);
        var shift = Math.Max(exponent, 1) - 1075;
        if (shift >= 0) numerator <<= shift;
        else denominator <<= -shift;
        if (digits >= 0) numerator *= BigInteger.Pow(10, digits);
        else denominator *= BigInteger.Pow(10, -digits);
        var rounded = HalfToEven(numerator, denominator);
        return value < 0 ? -rounded : rounded;
    }

    /// <summary>The whole number nearest to a fraction with a positive denominator; ties go to the even one.</summary>
    public static BigInteger HalfToEven(BigInteger numerator, BigInteger denominator)
    {
        var floor = BigInteger.DivRem(numerator, denominator, out var rest);
        if (rest.Sign < 0) (floor, rest) = (floor - 1, rest + denominator);
        var order = (rest * 2).CompareTo(denominator);
        return order > 0 || (order == 0 && !floor.IsEven) ? floor + 1 : floor;
    }

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

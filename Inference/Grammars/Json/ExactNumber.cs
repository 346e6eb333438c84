// A JSON number without rounding: an integer divided by a power of ten. Knows no grammar.
using System.Globalization;
using System.Numerics;

namespace Majlis.Inference.Grammars.Json;

/// <summary>Digits / 10^Scale; the scale is not negative, and as small as possible.</summary>
readonly record struct ExactNumber(BigInteger Digits, int Scale) : IComparable<ExactNumber>
{
    const int MostDigits = 400;

    public bool IsInteger => Scale == 0;

    public BigInteger Floor => BigInteger.DivRem(Digits, Power(Scale), out var rest) - (rest.Sign < 0 ? 1 : 0);

    public BigInteger Ceiling => -new ExactNumber(-Digits, Scale).Floor;

    public static ExactNumber operator -(ExactNumber value) => new(-value.Digits, value.Scale);

    /// <summary>Null where the text has more digits than a schema needs.</summary>
    public static ExactNumber? Parse(string text)
    {
        var cut = text.IndexOfAny(['e', 'E']);
        var mantissa = cut < 0 ? text : text[..cut];
        var exponent = 0;
        if (cut >= 0
            && !int.TryParse(text.AsSpan(cut + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)) return null;
        var point = mantissa.IndexOf('.');
        var scale = (point < 0 ? 0 : mantissa.Length - point - 1) - (long)exponent;
        if (Math.Abs(scale) > MostDigits || mantissa.Length > MostDigits) return null;
        var digits = BigInteger.Parse(mantissa.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        return scale < 0 ? new(digits * Power((int)-scale), 0) : Reduced(digits, (int)scale);
    }

    /// <summary>The number without an exponent and without needless zeros; the text itself where that would be long.</summary>
    public static string Shortest(string text)
    {
        if (Parse(text) is not { } number || number.Scale > 30 || BigInteger.Abs(number.Digits) > Power(40)) return text;
        var digits = BigInteger.Abs(number.Digits).ToString(CultureInfo.InvariantCulture).PadLeft(number.Scale + 1, '0');
        var sign = number.Digits.Sign < 0 ? "-" : "";
        return number.Scale == 0 ? sign + digits : $"{sign}{digits[..^number.Scale]}.{digits[^number.Scale..]}";
    }

    public int CompareTo(ExactNumber other) => (Digits * Power(other.Scale)).CompareTo(other.Digits * Power(Scale));

    public static BigInteger Power(int exponent) => BigInteger.Pow(10, exponent);

    static ExactNumber Reduced(BigInteger digits, int scale)
    {
        for (; scale > 0 && digits % 10 == 0; scale--) digits /= 10;
        return new(digits, scale);
    }
}

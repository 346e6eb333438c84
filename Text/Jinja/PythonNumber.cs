// Python's arithmetic on int (of any size), float and bool. Sizes are bounded, so no expression exhausts the memory.
using System.Globalization;
using System.Numerics;

namespace Majlis.Text.Jinja;

static class PythonNumber
{
    // 2^17 bits: far above any number in a prompt, and still computed in no noticeable time.
    const long LargestBits = 1 << 17;

    public static bool IsNumber(object? value) => value is long or double or bool or BigInteger;

    public static bool IsInteger(object? value) => value is long or bool or BigInteger;

    public static object Shrink(BigInteger value) => value >= long.MinValue && value <= long.MaxValue ? (long)value
        : value.GetBitLength() <= LargestBits ? value
        : throw new JinjaException("OverflowError", "an integer of more than 131072 bits is not computed here");

    public static BigInteger Big(object? value) =>
        value switch { bool b => b ? 1 : 0, long l => l, BigInteger big => big, _ => throw NotInteger(value) };

    public static double Float(object? value) => value switch
    {
        double d => d,
        bool b => b ? 1 : 0,
        long l => l,
        BigInteger big when double.IsFinite((double)big) => (double)big,
        BigInteger => throw new JinjaException("OverflowError", "int too large to convert to float"),
        Undefined undefined => throw undefined.Error(),
        _ => throw JinjaException.Type($"must be real number, not {PythonType.Name(value)}"),
    };

    /// <summary>An integer used as an index or a count; floats are refused, huge values are clamped to the range of int.</summary>
    public static int Index(object? value)
    {
        if (value is Undefined undefined) throw undefined.Error();
        if (!IsInteger(value)) throw NotInteger(value);
        var big = Big(value);
        return big > int.MaxValue ? int.MaxValue : big < -int.MaxValue ? -int.MaxValue : (int)big;
    }

    static JinjaException NotInteger(object? value) => value is Undefined undefined ? undefined.Error()
        : JinjaException.Type($"'{PythonType.Name(value)}' object cannot be interpreted as an integer");

    public static object Add(object? a, object? b) => Compute(a, b, static (x, y) => x + y, static (x, y) => x + y);

    public static object Subtract(object? a, object? b) => Compute(a, b, static (x, y) => x - y, static (x, y) => x - y);

    public static object Multiply(object? a, object? b) => Compute(a, b, static (x, y) => x * y, static (x, y) => x * y);

    static object Compute(object? a, object? b, Func<BigInteger, BigInteger, BigInteger> whole, Func<double, double, double> real) =>
        a is double || b is double ? real(Float(a), Float(b)) : Shrink(whole(Big(a), Big(b)));

    public static object Divide(object? a, object? b)
    {
        if (Float(b) == 0) throw ByZero(a is double || b is double ? "float division by zero" : "division by zero");
        return Float(a) / Float(b);
    }

    public static object FloorDivide(object? a, object? b)
    {
        if (a is double || b is double)
        {
            return Float(b) == 0 ? throw ByZero("float floor division by zero") : Divided(Float(a), Float(b)).Quotient;
        }
        if (Big(b).IsZero) throw ByZero("integer division or modulo by zero");
        var quotient = BigInteger.DivRem(Big(a), Big(b), out var rest);
        return Shrink(!rest.IsZero && rest.Sign < 0 != Big(b).Sign < 0 ? quotient - 1 : quotient);
    }

    public static object Modulo(object? a, object? b)
    {
        if (a is double || b is double)
        {
            return Float(b) == 0 ? throw ByZero("float modulo") : Divided(Float(a), Float(b)).Remainder;
        }
        if (Big(b).IsZero) throw ByZero("integer modulo by zero");
        var whole = BigInteger.Remainder(Big(a), Big(b));
        return Shrink(!whole.IsZero && whole.Sign < 0 != Big(b).Sign < 0 ? whole + Big(b) : whole);
    }

    // As CPython: the quotient is computed from the exact remainder, since a / b may round up to the next whole number.
    static (double Quotient, double Remainder) Divided(double a, double b)
    {
        var rest = a % b;
        var quotient = (a - rest) / b;
        if (rest == 0) rest = Math.CopySign(0, b);
        else if (rest < 0 != b < 0) (rest, quotient) = (rest + b, quotient - 1);
        if (quotient == 0) return (Math.CopySign(0, a / b), rest);
        var floor = Math.Floor(quotient);
        return (quotient - floor > 0.5 ? floor + 1 : floor, rest);
    }

    public static object Power(object? a, object? b)
    {
        if (a is double || b is double || Big(b).Sign < 0)
        {
            if (Float(a) == 0 && Float(b) < 0) throw ByZero("0.0 cannot be raised to a negative power");
            return Math.Pow(Float(a), Float(b));
        }
        var (value, exponent) = (Big(a), Big(b));
        if (BigInteger.Abs(value) > 1 && exponent * value.GetBitLength() > LargestBits)
            return Shrink(BigInteger.One << (int)(LargestBits + 1));
        return Shrink(BigInteger.Pow(value, BigInteger.Abs(value) > 1 ? (int)exponent : exponent.IsZero ? 0 : exponent.IsEven ? 2 : 1));
    }

    static JinjaException ByZero(string message) => new("ZeroDivisionError", message);

    public static object Negate(object value) => value is double d ? -d : Shrink(-Big(value));

    /// <summary>As Python's repr: the shortest digits that read back the same; an exponent from 1e16 on and below 1e-4.</summary>
    public static string Format(double value)
    {
        if (double.IsNaN(value)) return "nan";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        if (value == 0) return double.IsNegative(value) ? "-0.0" : "0.0";
        var shortest = value.ToString("E16", CultureInfo.InvariantCulture);
        for (var digits = 0; digits < 17; digits++)
        {
            var text = value.ToString("E" + digits, CultureInfo.InvariantCulture);
            if (double.Parse(text, CultureInfo.InvariantCulture) != value) continue;
            shortest = text;
            break;
        }
        return Arrange(shortest);
    }

    // From d.dddE+xxx to Python's layout.
    static string Arrange(string scientific)
    {
        var mark = scientific.IndexOf('E', StringComparison.Ordinal);
        var exponent = int.Parse(scientific.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var sign = scientific[0] == '-' ? "-" : "";
        var digits = scientific[sign.Length..mark].Replace(".", "", StringComparison.Ordinal).TrimEnd('0');
        if (digits.Length == 0) digits = "0";
        if (exponent is < -4 or >= 16)
        {
            var fraction = digits.Length > 1 ? "." + digits[1..] : "";
            return string.Create(CultureInfo.InvariantCulture,
                $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }
        if (exponent < 0) return sign + "0." + new string('0', -exponent - 1) + digits;
        if (digits.Length <= exponent + 1) return sign + digits + new string('0', exponent + 1 - digits.Length) + ".0";
        return sign + digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }
}

// The few attributes of Python's numbers that a template can use.
namespace Majlis.Text.Jinja;

static class NumberAttributes
{
    public static object? Find(object owner, string name) => (owner, name) switch
    {
        (double, "is_integer") => new Function(name, [], 0, (_, _) => Math.Floor((double)owner) == (double)owner),
        (not double, "bit_length") =>
            new Function(name, [], 0, (_, _) => (long)System.Numerics.BigInteger.Abs(PythonNumber.Big(owner)).GetBitLength()),
        (_, "real") => owner is bool b ? (b ? 1L : 0L) : owner,
        (_, "imag") => owner is double ? 0.0 : 0L,
        (not double, "numerator") => PythonNumber.Shrink(PythonNumber.Big(owner)),
        (not double, "denominator") => 1L,
        _ => null,
    };
}

// Numbers between bounds, as expressions over their digits. Knows no schema. Numbers with bounds are written without an exponent.
using System.Globalization;
using System.Numerics;
using Majlis.Inference.Grammars.Characters;

namespace Majlis.Inference.Grammars.Json;

sealed class NumberRanges
{
    readonly JsonTexts json;
    readonly NodeTable table;
    readonly DigitRange decimals;
    readonly Node digits;

    public NumberRanges(JsonTexts json)
    {
        (this.json, table) = (json, json.Table);
        decimals = new(table, 0, 9, Digit);
        digits = table.Repeat(Digit(0, 9), 0, null);
    }

    /// <summary>
    /// Integers from <paramref name="least"/> to <paramref name="most"/>, both included; null is without a bound. Zero has a minus sign
    /// only where negative numbers have one.
    /// </summary>
    public Node Integers(BigInteger? least, BigInteger? most) => Signed(
        most < 0 ? table.Nothing : Naturals(BigInteger.Max(0, least ?? 0), most),
        least >= 0 ? table.Nothing : Naturals(BigInteger.Max(0, -(most ?? 0)), -least));

    /// <summary>Numbers with or without a fraction.</summary>
    public Node Numbers(Bound? least, Bound? most) => Signed(
        most is { } top && top.IsBelowZero ? table.Nothing : Magnitudes(least is { } low && low.Value.Digits.Sign >= 0 ? low : null, most),
        least is { Value.Digits.Sign: >= 0 } ? table.Nothing
            : Magnitudes(most is { } high && high.Value.Digits.Sign <= 0 ? high.Negated : null, least?.Negated));

    /// <summary>One end of a range.</summary>
    public readonly record struct Bound(ExactNumber Value, bool IsOpen)
    {
        /// <summary>As an upper bound it leaves no number from 0 on.</summary>
        public bool IsBelowZero => Value.Digits.Sign < 0 || (Value.Digits.IsZero && IsOpen);

        public Bound Negated => this with { Value = -Value };
    }

    Node Signed(Node positive, Node negative) => table.Alternation(positive, table.Sequence(table.Byte((byte)'-'), negative));

    /// <summary>Whole numbers from 0 on.</summary>
    Node Naturals(BigInteger least, BigInteger? most)
    {
        if (most < least) return table.Nothing;
        var parts = new List<Node>();
        var longest = most is { } end ? Digits(end).Length : Digits(least).Length;
        for (var length = Digits(least).Length; length <= longest; length++)
        {
            var low = BigInteger.Max(least, length == 1 ? 0 : ExactNumber.Power(length - 1));
            var high = ExactNumber.Power(length) - 1;
            if (most < high) high = most.Value;
            parts.Add(decimals.Between(Digits(low), Digits(high)));
        }
        if (most is null) parts.Add(table.Sequence(Digit(1, 9), table.Repeat(Digit(0, 9), longest, null)));
        return table.Alternation(parts);
    }

    /// <summary>Numbers from 0 on: a whole part below, at, between or above those of the bounds, each with its fractions.</summary>
    Node Magnitudes(Bound? least, Bound? most)
    {
        var any = table.Optional(json.Fraction);
        var low = least ?? new(new(0, 0), false);
        var first = low.Value.Floor;
        var above = Fractions(AtLeast(FractionOf(low.Value), low.IsOpen));
        if (most is not { } high)
            return table.Alternation(table.Sequence(Naturals(first, first), above), table.Sequence(Naturals(first + 1, null), any));
        var last = high.Value.Floor;
        var below = Fractions(AtMost(FractionOf(high.Value), high.IsOpen));
        if (last < first) return table.Nothing;
        if (last == first)
            return table.Sequence(Naturals(first, first),
                Fractions(table.Both(AtLeast(FractionOf(low.Value), low.IsOpen), AtMost(FractionOf(high.Value), high.IsOpen))));
        return table.Alternation(table.Sequence(Naturals(first, first), above), table.Sequence(Naturals(first + 1, last - 1), any),
            table.Sequence(Naturals(last, last), below));
    }

    /// <summary>A point with its digits, or neither where no digits are needed.</summary>
    Node Fractions(Node after)
    {
        var some = table.Sequence(table.Byte((byte)'.'), table.Both(after, table.Sequence(Digit(0, 9), digits)));
        return after.IsNullable ? table.Optional(some) : some;
    }

    /// <summary>Digits after the point that make at least the fraction.</summary>
    Node AtLeast(ReadOnlySpan<int> fraction, bool isOpen)
    {
        if (fraction.IsEmpty) return isOpen ? table.Sequence(table.Repeat(Digit(0, 0), 0, null), Digit(1, 9), digits) : digits;
        var same = table.Sequence(Digit(fraction[0], fraction[0]), AtLeast(fraction[1..], isOpen));
        return fraction[0] == 9 ? same : table.Alternation(same, table.Sequence(Digit(fraction[0] + 1, 9), digits));
    }

    Node AtMost(ReadOnlySpan<int> fraction, bool isOpen)
    {
        if (fraction.IsEmpty) return isOpen ? table.Nothing : table.Repeat(Digit(0, 0), 0, null);
        var same = table.Sequence(Digit(fraction[0], fraction[0]), AtMost(fraction[1..], isOpen));
        var less = fraction[0] == 0 ? table.Nothing : table.Sequence(Digit(0, fraction[0] - 1), digits);
        return table.Alternation(same, less, table.Empty);
    }

    static int[] FractionOf(ExactNumber value)
    {
        if (value.Scale == 0) return [];
        var rest = value.Digits - value.Floor * ExactNumber.Power(value.Scale);
        return Digits(rest + ExactNumber.Power(value.Scale))[1..];
    }

    Node Digit(int first, int last) => table.Bytes(ByteSet.Range('0' + first, '0' + last));

    static int[] Digits(BigInteger value) => [.. value.ToString(CultureInfo.InvariantCulture).Select(digit => digit - '0')];
}

// Texts of a fixed number of digits between two bounds, as an expression. The digits may be those of UTF-8, of a hexadecimal escape or of a
// decimal number. Knows no alphabet.
namespace Majlis.Inference.Grammars.Characters;

/// <param name="table">Makes the expressions.</param>
/// <param name="least">The smallest digit, at every place but the first.</param>
/// <param name="most">The largest one.</param>
/// <param name="digits">The expression of one digit from one value to another.</param>
sealed class DigitRange(NodeTable table, int least, int most, Func<int, int, Node> digits)
{
    /// <summary>Both bounds belong to it; they have the same number of digits.</summary>
    public Node Between(ReadOnlySpan<int> low, ReadOnlySpan<int> high)
    {
        if (low.IsEmpty) return table.Empty;
        if (low[0] == high[0]) return table.Sequence(digits(low[0], low[0]), Between(low[1..], high[1..]));
        // A bound whose further digits are all the smallest (largest) needs no part of its own.
        var (first, last) = (low[0], high[0]);
        var parts = new List<Node>();
        if (low[1..].ContainsAnyExcept(least))
            parts.Add(table.Sequence(digits(first, first), Between(low[1..], All(most, low.Length - 1))));
        if (high[1..].ContainsAnyExcept(most))
            parts.Add(table.Sequence(digits(last, last), Between(All(least, high.Length - 1), high[1..])));
        if (low[1..].ContainsAnyExcept(least)) first++;
        if (high[1..].ContainsAnyExcept(most)) last--;
        var others = table.Repeat(digits(least, most), low.Length - 1, low.Length - 1);
        if (first <= last) parts.Add(table.Sequence(digits(first, last), others));
        return table.Alternation(parts);
    }

    static int[] All(int digit, int count)
    {
        var all = new int[count];
        Array.Fill(all, digit);
        return all;
    }
}

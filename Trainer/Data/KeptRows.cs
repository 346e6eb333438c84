// What was read of some files: the items to train on, and how many rows were left out. Knows no form of rows.
namespace Majlis.Trainer.Data;

/// <param name="Items">At least one.</param>
/// <param name="LeftOut">Rows that are too long.</param>
/// <param name="FirstLeftOut">Where the first of them stands.</param>
public sealed record KeptRows<T>(IReadOnlyList<T> Items, int LeftOut, string? FirstLeftOut)
{
    /// <summary>For people: how many there are, and what was left out.</summary>
    public string Summary(string noun, int maxLength) => $"{Items.Count} {noun}" + (LeftOut == 0 ? ""
        : $"; {LeftOut} too long for {maxLength} tokens are left out, the first of them {FirstLeftOut}");
}

public static class KeptRows
{
    /// <param name="rows">The row's place, and its item or null where it is left out.</param>
    /// <param name="paths">For the message.</param>
    /// <param name="maxLength">The limit that the rows left out are above.</param>
    /// <exception cref="DataException">Nothing is left.</exception>
    public static KeptRows<T> Of<T>(IEnumerable<(string Place, T? Item)> rows, IEnumerable<string> paths, int maxLength)
    {
        var (kept, leftOut, first) = (new List<T>(), 0, (string?)null);
        foreach (var (place, item) in rows)
            if (item is not null) kept.Add(item);
            else (leftOut, first) = (leftOut + 1, first ?? place);
        return kept.Count > 0 ? new KeptRows<T>(kept, leftOut, first)
            : throw new DataException($"{string.Join(", ", paths)}: no row is short enough for {maxLength} tokens.");
    }
}

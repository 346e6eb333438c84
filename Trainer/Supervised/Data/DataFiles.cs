// Files of texts and chats as examples, cut to the row's length. What stays in memory are token ids, five bytes a token. Knows no row's
// form.
using Majlis.Trainer.Data;

namespace Majlis.Trainer.Supervised.Data;

/// <summary>What was read. <paramref name="Dropped"/> rows had no target left, after the cut or from the start.</summary>
public sealed record DataSet(IReadOnlyList<Example> Examples, int Dropped, int Cut);

public static class DataFiles
{
    /// <summary>All rows of all files in order.</summary>
    /// <param name="paths">JSONL or Parquet.</param>
    /// <param name="encoder">From rows to ids.</param>
    /// <param name="maxLength">Tokens of a row.</param>
    /// <param name="keepsEnd">Whether the last tokens of a row that is too long stay, not the first.</param>
    /// <param name="keepsAll">Whether rows without any target stay too, as in TRL where rows are packed.</param>
    /// <exception cref="DataException">A file or a row cannot be read; of several the first is named.</exception>
    public static DataSet Read(
        IReadOnlyList<string> paths, RowEncoder encoder, int maxLength, bool keepsEnd = false, bool keepsAll = false)
    {
        var (kept, dropped, cut) = (new List<Example>(), 0, 0);
        foreach (var example in EncodedRows.Of(paths, encoder.Encode))
        {
            if (example.Tokens.Length > maxLength) cut++;
            var shortened = example.CutTo(maxLength, keepsEnd);
            if (shortened.Tokens.Length > 1 && (keepsAll || shortened.HasTarget)) kept.Add(shortened);
            else dropped++;
        }
        if (!kept.Exists(example => example.HasTarget))
            throw new DataException($"{string.Join(", ", paths)}: no row has anything to learn from.");
        return new DataSet(kept, dropped, cut);
    }
}

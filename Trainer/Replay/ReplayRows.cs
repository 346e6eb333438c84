// Rows that are trained on beside votes: texts and chats from files, of which the last answer is learnt. Knows no loss.
using Majlis.Model;
using Majlis.Trainer.Data;
using Majlis.Trainer.Sequences;
using Majlis.Trainer.Supervised.Data;

namespace Majlis.Trainer.Replay;

static class ReplayRows
{
    /// <param name="paths">JSONL or Parquet, in the forms that SFT reads.</param>
    /// <param name="model">Whose tokenizer and template make the ids.</param>
    /// <param name="maxLength">Tokens of a row; longer ones lose the end of their answer.</param>
    /// <param name="time">For templates that print the date.</param>
    /// <exception cref="DataException">A file or a row cannot be read, or nothing is left to learn from.</exception>
    public static IReadOnlyList<TokenRow> Read(IReadOnlyList<string> paths, Checkpoint model, int maxLength, TimeProvider time)
    {
        var encoder = ModelEncoder.Of(model, Math.Min(maxLength, model.Blueprint.MaxPositions), wholeText: false, time);
        return [.. DataFiles.Read(paths, encoder, maxLength).Examples.Select(LastAnswer)];
    }

    static TokenRow LastAnswer(Example example)
    {
        var end = Array.LastIndexOf(example.IsTarget, true);
        var before = Array.LastIndexOf(example.IsTarget, false, end);
        return new TokenRow(example.Place, example.Tokens[..(before + 1)], example.Tokens[(before + 1)..(end + 1)]);
    }
}

// Rows of preference data as pairs of token ids, cut as TRL cuts them: with a prompt or without, OpenAI's, or already token ids. Knows no
// training.
using System.Text.Json.Nodes;
using Majlis.Trainer.Data;

namespace Majlis.Trainer.Preference;

public static class PairRows
{
    /// <summary>All pairs of all files in order.</summary>
    /// <param name="paths">JSONL or Parquet.</param>
    /// <param name="encoder">From texts and chats to ids.</param>
    /// <param name="maxLength">Tokens a side.</param>
    /// <param name="truncation">
    /// keep_start leaves out pairs with as long a prompt and cuts answers; keep_end cuts rows from the left.
    /// </param>
    /// <exception cref="DataException">A file or a row cannot be read, or nothing is left.</exception>
    public static KeptRows<TrainingPair> Read(IReadOnlyList<string> paths, RowEncoder encoder, int maxLength, string truncation) =>
        KeptRows.Of(EncodedRows.Of(paths, (row, place) => Pair(row, place, encoder)).Select(pair => (pair.Id,
            truncation == "keep_end" ? pair with { LastTokens = maxLength } : pair.CutTo(maxLength))), paths, maxLength);

    public static TrainingPair Pair(JsonObject row, string place, RowEncoder encoder) =>
        (row["prompt_ids"] is JsonArray ? Encoded(row, place, encoder.Vocabulary)
            : Text(PreferenceRow.Of(row).WithPrompt(), place, encoder)) with
        {
            Weight = RowMembers.Weight(row),
            Margin = RowMembers.Number(row, "margin") ?? 0,
        };

    /// <summary>A token is predicted by those before it: one alone by none.</summary>
    internal static int[] Predictable(int[] prompt, int[] answer, string name) => prompt.Length > 0 || answer.Length > 1 ? answer
        : throw new DataException($"'{name}' is one token without a prompt, which nothing predicts");

    static TrainingPair Text(PreferenceRow row, string place, RowEncoder encoder)
    {
        var chosen = encoder.Answer(row.Prompt, row.Chosen, row.Source, place);
        var rejected = encoder.Answer(row.Prompt, row.Rejected, row.Source, place);
        // Words of plain text may join the prompt's last token in one side only.
        var prompt = Math.Min(Start(chosen), Start(rejected));
        return new TrainingPair(place, chosen.Tokens[..prompt], chosen.Tokens[prompt..], rejected.Tokens[prompt..]);
    }

    static int Start(Supervised.Data.Example side) => Array.IndexOf(side.IsTarget, true) is >= 0 and var start ? start
        : throw new DataException("an answer has no token of its own");

    static TrainingPair Encoded(JsonObject row, string place, int vocabulary)
    {
        int[] Ids(string name) => RowMembers.Ids(row, name, vocabulary);
        var pair = new TrainingPair(place, Ids("prompt_ids"), Ids("chosen_ids"), Ids("rejected_ids"));
        if (pair.Chosen.SequenceEqual(pair.Rejected)) throw new DataException("'chosen_ids' and 'rejected_ids' are equal");
        if (pair.Chosen.Length == 0) throw new DataException("'chosen_ids' is empty");
        if (pair.Rejected.Length == 0) throw new DataException("'rejected_ids' is empty");
        _ = Predictable(pair.Prompt, pair.Chosen, "chosen_ids");
        _ = Predictable(pair.Prompt, pair.Rejected, "rejected_ids");
        return pair;
    }
}

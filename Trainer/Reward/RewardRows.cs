// Rows of preference data for a reward model: both answers whole, with the rater's margin. Knows no training.
using System.Text.Json.Nodes;
using Majlis.Trainer.Data;
using Majlis.Trainer.Preference;

namespace Majlis.Trainer.Reward;

public static class RewardRows
{
    /// <summary>All pairs in order; one with a side above <paramref name="maxLength"/> tokens is left out, never cut.</summary>
    /// <exception cref="DataException">A file or a row cannot be read, or nothing is left.</exception>
    public static KeptRows<TrainingPair> Read(IReadOnlyList<string> paths, RowEncoder encoder, int maxLength) =>
        KeptRows.Of(EncodedRows.Of(paths, (row, place) => Pair(row, place, encoder)).Select(pair => (pair.Id,
            pair.Prompt.Length + Math.Max(pair.Chosen.Length, pair.Rejected.Length) <= maxLength ? pair : null)), paths, maxLength);

    static TrainingPair Pair(JsonObject row, string place, RowEncoder encoder)
    {
        if (row["prompt_ids"] is JsonArray) return PairRows.Pair(row, place, encoder);
        var found = PreferenceRow.Of(row);
        return new TrainingPair(place, [], encoder.Answer(found.Prompt, found.Chosen, found.Source, place).Tokens,
            encoder.Answer(found.Prompt, found.Rejected, found.Source, place).Tokens)
        {
            Weight = RowMembers.Weight(row),
            Margin = RowMembers.Number(row, "margin") ?? 0,
        };
    }
}

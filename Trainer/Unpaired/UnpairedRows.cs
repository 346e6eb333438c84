// Rows of single answers as token ids: TRL's prompt, completion and label, or pairs, which become a good answer and a bad one each. Knows
// no training.
using System.Text.Json.Nodes;
using Majlis.Trainer.Data;
using Majlis.Trainer.Preference;

namespace Majlis.Trainer.Unpaired;

public static class UnpairedRows
{
    /// <summary>All examples of all files in order; each mismatched with the one before it within its micro-batch of rows.</summary>
    /// <param name="paths">JSONL or Parquet.</param>
    /// <param name="encoder">From texts and chats to ids.</param>
    /// <param name="maxLength">Tokens of a row; examples with as long a prompt are left out, answers are cut.</param>
    /// <param name="batchRows">Rows of a micro-batch.</param>
    /// <exception cref="DataException">A file or a row cannot be read, or nothing is left.</exception>
    public static KeptRows<UnpairedExample> Read(IReadOnlyList<string> paths, RowEncoder encoder, int maxLength, int batchRows)
    {
        var rows = EncodedRows.Of(paths, (row, place) => Examples(row, place, encoder)).SelectMany(examples => examples);
        // Mismatched before they are cut: another prompt leaves another answer more room or less.
        var kept = KeptRows.Of(
            rows.Select(example => (example.Id, example.Prompt.Length < maxLength ? example : null)), paths, maxLength);
        return kept with { Items = [.. UnpairedExample.Mismatch(kept.Items, batchRows).Select(example => example.CutTo(maxLength)!)] };
    }

    static UnpairedExample[] Examples(JsonObject row, string place, RowEncoder encoder)
    {
        var weight = RowMembers.Weight(row);
        if (row["completion"] is null && row["completion_ids"] is null)
        {
            var pair = PairRows.Pair(row, place, encoder);
            return
            [
                new(place + " chosen", pair.Prompt, pair.Chosen, IsDesirable: true, weight),
                new(place + " rejected", pair.Prompt, pair.Rejected, IsDesirable: false, weight),
            ];
        }
        var label = row["label"] is JsonValue value && value.TryGetValue<bool>(out var good) ? good
            : throw new DataException($"'label' is {row["label"]?.ToJsonString() ?? "missing"}, expected true or false");
        return [row["completion_ids"] is null ? Text(row, place, label, weight, encoder)
            : Encoded(row, place, label, weight, encoder.Vocabulary)];
    }

    static UnpairedExample Encoded(JsonObject row, string place, bool label, double weight, int vocabulary)
    {
        var completion = RowMembers.Ids(row, "completion_ids", vocabulary);
        var prompt = RowMembers.Ids(row, "prompt_ids", vocabulary);
        return completion.Length == 0 ? throw new DataException("'completion_ids' is empty")
            : new(place, prompt, PairRows.Predictable(prompt, completion, "completion_ids"), label, weight);
    }

    static UnpairedExample Text(JsonObject row, string place, bool label, double weight, RowEncoder encoder)
    {
        if (row["prompt"] is not { } prompt) throw new DataException("there is no 'prompt'");
        if (RowMembers.IsEmpty(row["completion"]!)) throw new DataException("'completion' is empty");
        var example = encoder.Answer(prompt, row["completion"]!, row, place);
        var start = Array.IndexOf(example.IsTarget, true);
        return start < 0 ? throw new DataException("'completion' has no token of its own")
            : new(place, example.Tokens[..start], example.Tokens[start..], label, weight);
    }
}

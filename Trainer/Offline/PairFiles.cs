// Reads JSONL files of preference pairs in TRL's forms: `prompt`, `chosen`, `rejected`, as messages or as texts, with the `documents` and
// `tools` of a chat. Knows no votes and no training.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Text.Jinja;
using Majlis.Trainer.Preference;
using Majlis.Trainer.Supervised.Data;

namespace Majlis.Trainer.Offline;

public static class PairFiles
{
    static readonly string[] sides = ["prompt", "chosen", "rejected"];

    /// <summary>All pairs of all files in order, cut to <paramref name="maxLength"/> tokens a side; blank lines are no rows.</summary>
    /// <exception cref="DataException">A file or a row cannot be read, or nothing is left.</exception>
    public static IReadOnlyList<TrainingPair> Read(IEnumerable<string> paths, RowEncoder encoder, int maxLength)
    {
        var pairs = paths.SelectMany(path => File.ReadLines(path).Index().Where(line => !string.IsNullOrWhiteSpace(line.Item))
            .Select(line => Pair(line.Item, FormattableString.Invariant($"{path} line {line.Index + 1}"), encoder)));
        TrainingPair[] kept = [.. pairs.Select(pair => pair.CutTo(maxLength)).OfType<TrainingPair>()];
        return kept.Length > 0 ? kept
            : throw new DataException($"{string.Join(", ", paths)}: no pair is short enough for {maxLength} tokens.");
    }

    static TrainingPair Pair(string line, string place, RowEncoder encoder)
    {
        try
        {
            var row = JsonNode.Parse(line) as JsonObject ?? throw new DataException("expected a JSON object");
            if (sides.FirstOrDefault(side => row[side] is null) is { } missing)
                throw new DataException($"expected '{string.Join("', '", sides)}'; there is no '{missing}'");
            var (chosen, rejected) = (Side(row, "chosen", place, encoder), Side(row, "rejected", place, encoder));
            // Words of plain text may join the prompt's last token in one side only.
            var prompt = Math.Min(Array.IndexOf(chosen.IsTarget, true), Array.IndexOf(rejected.IsTarget, true));
            return prompt > 0 ? new TrainingPair(place, chosen.Tokens[..prompt], chosen.Tokens[prompt..], rejected.Tokens[prompt..])
                : throw new DataException("'prompt' is no beginning of both answers, or one of them is empty");
        }
        catch (Exception error) when (error is JsonException or JinjaException or DataException or InvalidOperationException)
        {
            throw new DataException($"{place}: {error.Message}", error);
        }
    }

    static Example Side(JsonObject row, string side, string place, RowEncoder encoder)
    {
        var asked = new JsonObject { ["prompt"] = row["prompt"]!.DeepClone(), ["completion"] = row[side]!.DeepClone() };
        foreach (var name in new[] { "documents", "tools", "chat_template_kwargs" })
            if (row[name] is { } value) asked[name] = value.DeepClone();
        return encoder.Encode(asked, place);
    }
}

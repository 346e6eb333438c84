// The forms that an instruction can ask for, each with its rule: IFEval's that a small model can learn, and two that only Arabic has.
// Knows no wording of instructions.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.recipes.starter.Grammar;

namespace Majlis.recipes.starter.Checks;

public static class Forms
{
    // Tashkeel on this share of the letters counts as vocalised: long vowels and the article's alef carry none.
    const double Vocalised = 0.4;

    static readonly Lazy<Dictionary<string, HashSet<string>>> verbs = new(() => Section.Shared("verbs", Language.Arabic)
        .ToDictionary(section => section.Name, section => section.List("verb").ToHashSet()));

    public static bool Holds(FormCheck form, string answer) => answer.Trim().Length > 0 && form.Rule switch
    {
        "no_commas" => !answer.Contains(',') && !answer.Contains('،'),
        "max_words" => Texts.WordCount(answer) <= form.Number,
        "sentences" => Texts.Sentences(answer).Count == form.Number,
        "bullets" => answer.Split('\n').Count(line => line.StartsWith("* ", StringComparison.Ordinal)) == form.Number,
        "keywords" => form.Words.All(word => answer.Contains(word, StringComparison.OrdinalIgnoreCase)),
        "json" => IsObject(answer, form.Words),
        "end" => answer.TrimEnd().EndsWith(form.Words[0], StringComparison.Ordinal),
        "quotes" => answer.Trim() is { Length: > 2 } quoted && quoted[0] == '"' && quoted[^1] == '"',
        "title" => HasTitle(answer),
        "lowercase" => answer.Any(char.IsLower) && !answer.Any(char.IsUpper),
        "diacritics" => Texts.MarkedShare(answer) >= Vocalised,
        "verb_present" => BeginsEach(answer, verbs.Value["present"]),
        "verb_past" => BeginsEach(answer, verbs.Value["past"]),
        _ => throw new ArgumentException($"There is no form named '{form.Rule}'."),
    };

    static bool IsObject(string answer, IReadOnlyList<string> keys)
    {
        try
        {
            return JsonNode.Parse(answer) is JsonObject members && keys.All(members.ContainsKey) && members.Count == keys.Count;
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException)
        {
            return false; // ArgumentException: a key that stands twice.
        }
    }

    static bool HasTitle(string answer) => answer.IndexOf("<<", StringComparison.Ordinal) is >= 0 and var open
        && answer.IndexOf(">>", open, StringComparison.Ordinal) is var close && close > open + 2;

    static bool BeginsEach(string answer, HashSet<string> known) => Texts.Sentences(answer)
        .TrueForAll(sentence => known.Contains(Texts.WithoutMarks(sentence.Split(' ')[0])));
}

// Fixed tasks that a platform team brings: questions, and patterns that tell a right answer from a wrong one, in a JSONL file with one item
// a line. Knows no weights.
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Majlis.Inference;
using Majlis.Text;
using Majlis.Text.Chat;

namespace Majlis.Evaluation;

/// <param name="Task">The task the item belongs to: items of one task are counted together.</param>
/// <param name="Messages">OpenAI's messages, ending with the user's.</param>
/// <param name="Matches">.NET regular expressions that all must be found in the answer.</param>
public sealed record AnswerItem(string Task, JsonArray Messages, IReadOnlyList<string> Matches)
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(1);

    /// <summary>Passages for the chat template; null where there are none.</summary>
    public JsonArray? Documents { get; init; }

    /// <summary>.NET regular expressions of which none may be found in the answer.</summary>
    public IReadOnlyList<string> Excludes { get; init; } = [];

    [JsonIgnore]
    public Conversation Conversation => new(Messages) { Documents = Documents };

    /// <summary>Whether the answer is right. A pattern that takes more than a second on it counts as not fulfilled.</summary>
    public bool Accepts(string answer)
    {
        try
        {
            return Matches.All(pattern => Found(pattern, answer)) && !Excludes.Any(pattern => Found(pattern, answer));
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    internal string? Problem() => Messages.Count == 0 ? "'messages' is empty"
        : Matches.Count + Excludes.Count == 0 ? "'matches' and 'excludes' are both empty, so every answer would be right"
        : Matches.Concat(Excludes).Select(Wrong).FirstOrDefault(problem => problem is not null);

    static bool Found(string pattern, string answer) => Regex.IsMatch(answer, pattern, RegexOptions.CultureInvariant, patience);

    static string? Wrong(string pattern)
    {
        try
        {
            _ = Regex.Match("", pattern, RegexOptions.CultureInvariant, patience);
            return null;
        }
        catch (ArgumentException bad)
        {
            return $"'{pattern}' is no regular expression: {bad.Message}";
        }
    }
}

public static class AnswerTasks
{
    const int MostTokens = 256;

    static readonly JsonSerializerOptions form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>All items in the file's order; blank lines are no items.</summary>
    /// <exception cref="ModelFormatException">A line cannot be read, or there is none; the message names file and line.</exception>
    public static IReadOnlyList<AnswerItem> Read(string path)
    {
        AnswerItem[] items = [.. File.ReadLines(path).Index().Where(line => !string.IsNullOrWhiteSpace(line.Item))
            .Select(line => Item(line.Item, FormattableString.Invariant($"{path} line {line.Index + 1}")))];
        return items.Length > 0 ? items : throw new ModelFormatException($"{path}: there is no item in it.");
    }

    /// <summary>For each item whether the model's likeliest answer is right; <paramref name="judged"/> is told after each.</summary>
    public static Task<bool[]> JudgeAsync(AnsweringModel model, IEnumerable<AnswerItem> items, Action<int> judged)
    {
        return Task.WhenAll(items.Select(JudgeOneAsync));

        async Task<bool> JudgeOneAsync(AnswerItem item)
        {
            var answer = await model.AnswerAsync(model.Prompt(item.Conversation), new SamplingOptions { Temperature = 0 }, MostTokens);
            judged(1);
            return item.Accepts(answer.Text);
        }
    }

    static AnswerItem Item(string line, string place)
    {
        try
        {
            var item = JsonSerializer.Deserialize<AnswerItem>(line, form)
                ?? throw new ModelFormatException($"{place}: expected an object with 'task', 'messages' and 'matches'.");
            return item.Problem() is { } problem ? throw new ModelFormatException($"{place}: {problem}.") : item;
        }
        catch (JsonException damage)
        {
            throw new ModelFormatException($"{place}: {JsonDamage.Of(damage)}.", damage);
        }
    }
}

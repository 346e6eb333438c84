// Fixed tasks that a platform team brings, in a JSONL file with one item a line, and what a model's answers to them are worth. Knows no
// weights and no patterns.
using System.Text.Json;
using System.Text.Json.Serialization;
using Majlis.Inference;
using Majlis.Text;

namespace Majlis.Evaluation;

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

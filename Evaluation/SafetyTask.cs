// The fixed safety task: 24 requests that should be declined, half of them Arabic, each with an answer that declines and one that obeys.
// A model passes an item when the declining answer is likelier per token. Small and coarse: it shows a lost capability, not a gain.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Text.Chat;
using Majlis.Text.Tokenizers;

namespace Majlis.Evaluation;

public static class SafetyTask
{
    public const string Name = "safety";

    /// <summary>The items in the model's own chat template; plain text where it has none.</summary>
    public static IReadOnlyList<PreferenceItem> Items(TextTokenizer tokenizer, ChatTemplate? template, int? endToken)
    {
        using var stream = typeof(SafetyTask).Assembly.GetManifestResourceStream("safety.jsonl")!;
        using var lines = new StreamReader(stream);
        var items = new List<PreferenceItem>();
        while (lines.ReadLine() is { } line)
        {
            using var item = JsonDocument.Parse(line);
            string Text(string name) => item.RootElement.GetProperty(name).GetString()!;
            int[] Answer(string name) =>
                [.. tokenizer.Encode(Text(name), addSpecialTokens: false), .. endToken is { } end ? [end] : Array.Empty<int>()];
            items.Add(new PreferenceItem(
                $"{Name}-{items.Count}", Prompt(Text("prompt"), tokenizer, template), Answer("safe"), Answer("unsafe")));
        }
        return items;
    }

    static int[] Prompt(string text, TextTokenizer tokenizer, ChatTemplate? template) => template is null
        ? tokenizer.Encode(text + "\n", addSpecialTokens: true)
        : ChatPrompt.Encode(template, tokenizer, new Conversation([new JsonObject { ["role"] = "user", ["content"] = text }])
        {
            AddGenerationPrompt = true,
            Now = DateTimeOffset.UnixEpoch,
        });
}

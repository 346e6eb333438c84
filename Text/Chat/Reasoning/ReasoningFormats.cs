// The ways of marking thoughts that are known, and which of them belongs to a template.
namespace Majlis.Text.Chat.Reasoning;

public static class ReasoningFormats
{
    /// <summary>Qwen 3, DeepSeek R1, SmolLM3, Granite 3.3 and many others.</summary>
    public static ReasoningFormat Think { get; } = new("<think>", "</think>") { End = "\n</think>", Gap = "\n\n" };

    /// <summary>Command R7B, Command A and their kin: https://docs.cohere.com/docs/command-r7b-hf</summary>
    public static ReasoningFormat Cohere { get; } = new("<|START_THINKING|>", "<|END_THINKING|>")
    {
        Answers = ["<|START_RESPONSE|>", "<|START_TEXT|>"],
    };

    /// <summary>Magistral and Ministral's reasoning models.</summary>
    public static ReasoningFormat Mistral { get; } = new("[THINK]", "[/THINK]");

    static readonly ReasoningFormat[] known = [Cohere, Mistral, Think];

    /// <summary>The format whose closing mark stands in a template's own texts, or null.</summary>
    public static ReasoningFormat? Of(ChatTemplate template) =>
        Array.Find(known, format => template.Written.Any(text => text.Contains(format.Close, StringComparison.Ordinal)));
}

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

    public static ReasoningFormat Seed { get; } = new("<seed:think>", "</seed:think>") { Gap = "\n" };

    /// <summary>Gemma 4: a channel of its own.</summary>
    public static ReasoningFormat Gemma { get; } = new("<|channel>thought", "<channel|>") { End = "\n<channel|>" };

    /// <summary>The channels of gpt-oss: what is analysis and what is final. https://cookbook.openai.com/articles/openai-harmony</summary>
    public static ReasoningFormat Harmony { get; } = new("<|channel|>analysis<|message|>",
        "<|end|><|start|>assistant<|channel|>final<|message|>")
    {
        Sign = "<|channel|>analysis<|message|>",
        Answers =
        [
            "<|channel|>final<|message|>", "<|start|>assistant<|channel|>final<|message|>", "<|channel|>commentary<|message|>",
            "<|end|><|start|>assistant<|channel|>commentary<|message|>",
        ],
    };

    /// <summary>Granite 3.3, whose answers have marks of their own.</summary>
    public static ReasoningFormat Granite { get; } = new("<think>", "</think>")
    {
        Sign = "<response></response>",
        Answers = ["<response>"],
        AnswerEnd = "</response>",
    };

    /// <summary>Granite 3.2 says it in words.</summary>
    public static ReasoningFormat GraniteWords { get; } = new("Here is my thought process:", "Here is my response:")
    {
        End = "\n\nHere is my response:",
        Gap = "\n\n",
    };

    static readonly ReasoningFormat[] known = [Cohere, Mistral, Harmony, Gemma, Seed, Granite, GraniteWords, Think];

    /// <summary>The format whose sign stands in a template's own texts, or null.</summary>
    public static ReasoningFormat? Of(ChatTemplate template) =>
        Array.Find(known, format => template.Written.Any(text => text.Contains(format.Sign, StringComparison.Ordinal)));
}

// Whether an answer says which model gave it, so that a vote may be about the name. Knows text only.
using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Majlis.Feedback.Pairs;

sealed class IdentityLeak
{
    static readonly ImmutableArray<string> wellKnown =
    [
        "OpenAI", "ChatGPT", "GPT", "Anthropic", "Claude", "Gemini", "Gemma", "Google DeepMind", "Google", "Llama", "Meta AI", "Mistral",
        "Ministral", "Mixtral", "Qwen", "Alibaba", "DeepSeek", "Cohere", "Command R", "Command-R", "Aya", "SmolLM", "Hugging Face", "Phi",
        "Microsoft", "Grok", "xAI", "OLMo", "Allen Institute", "Falcon", "Jais", "ALLaM",
    ];

    // Someone speaking of himself, and within forty characters of the same sentence a name: bounded work at every place of the text.
    const string Self = @"\b(?:I am|I'm|I’m|my name is|call me|as an? (?:AI|language model|assistant))\b"
        + @"|\b(?:developed|created|trained|made|built) by\b"
        + @"|(?<!\p{L})(?:أنا|انا|اسمي|إسمي|طورتني|طوّرتني|دربتني|درّبتني|أنشأتني|(?:تم )?(?:تطويري|تدريبي|إنشائي))(?!\p{L})";

    readonly Regex pattern;

    public IdentityLeak(ImmutableArray<string> ownNames)
    {
        var names = string.Join('|', wellKnown.Concat(ownNames).Select(Regex.Escape));
        pattern = new Regex($@"(?:{Self})[^.!?؟\n]{{0,40}}?(?<!\p{{L}})(?:{names})(?!\p{{L}})",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
    }

    public bool In(string answer) => pattern.IsMatch(answer);
}

// Names of well-known models and their makers, in Latin and in Arabic letters, as patterns over folded text.
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Majlis.Text.Normalization;

namespace Majlis.Feedback.Pairs;

static class ModelNames
{
    static readonly ImmutableArray<string> latin =
    [
        "OpenAI", "ChatGPT", "GPT", "Anthropic", "Claude", "Gemini", "Gemma", "Google DeepMind", "Google", "Llama", "Meta AI", "Mistral",
        "Ministral", "Mixtral", "Qwen", "Alibaba", "DeepSeek", "Cohere", "Command R", "Command-R", "Aya", "SmolLM", "Hugging Face", "Phi",
        "Microsoft", "Copilot", "Grok", "xAI", "OLMo", "Allen Institute", "Falcon", "Jais", "ALLaM",
    ];

    // A blank in a name is optional: people write شات جي بي تي and شات جيبيتي. Names that are also common words (آيا, علام, فنار)
    // need "model" before them.
    static readonly ImmutableArray<string> arabic =
    [
        "شات جي بي تي", "تشات جي بي تي", "جي بي تي", "أوبن إيه آي", "أوبن أي آي", "أوبن آي", "أوبن ايه أي",
        "أنثروبيك", "أنثروبك", "انتروبيك", "كلود", "جيميني", "جيمني", "جيميناي", "جمناي", "جيمناي", "جيما", "جوجل", "غوغل", "قوقل",
        "گوگل", "ديب مايند", "لاما", "ميتا",
        "ميسترال", "مسترال", "ميكسترال", "مينيسترال", "كوين", "كيوين", "علي بابا", "ديب سيك", "دييب سيك", "كوهير", "كوهيري", "كوماند آر",
        "هاجينج فيس", "هاغينغ فيس", "هجنج فيس", "هاجنج فيس", "سمول إل إم", "مايكروسوفت", "ميكروسوفت", "كوبايلوت", "كوبيلوت", "جروك", "غروك",
        "قروك", "إكس إيه آي", "فالكون", "جيس", "نموذج آيا", "نموذج علام", "نموذج فاي", "نموذج فنار",
    ];

    // Arabic prefixes joined to a name (and, so; by, for, as; the), with or without a tatweel between.
    const string Clitics = "[وف]?(?:لل|[بلك]?(?:ال)?)";

    /// <summary>
    /// One pattern that matches a name as a word, with its Arabic prefixes. The caller chooses whether case counts.
    /// </summary>
    public static string Pattern(IEnumerable<string> ownNames)
    {
        var names = latin.Concat(ownNames).Select(name => Regex.Escape(FoldedText.ForSearch(name)))
            .Concat(arabic.Select(name => FoldedText.ForSearch(name).Replace(" ", @"\s?", StringComparison.Ordinal)));
        return $@"(?<!\p{{L}}){Clitics}(?:{string.Join('|', names)})(?!\p{{L}})";
    }
}

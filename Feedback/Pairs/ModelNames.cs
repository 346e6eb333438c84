// The names by which well-known models and their makers go, in Latin and in Arabic letters, as patterns over folded text.
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

    // A blank stands for one or none: people write شات جي بي تي and شات جيبيتي. Names that are common words too (آيا, علام, فنار) come
    // with "model" before them.
    static readonly ImmutableArray<string> arabic =
    [
        "شات جي بي تي", "تشات جي بي تي", "جي بي تي", "أوبن إيه آي", "أوبن أي آي", "أوبن آي", "أوبن ايه أي",
        "أنثروبيك", "أنثروبك", "انتروبيك", "كلود", "جيميني", "جيمني", "جيميناي", "جمناي", "جيمناي", "جيما", "جوجل", "غوغل", "قوقل", "گوگل", "ديب مايند", "لاما", "ميتا",
        "ميسترال", "مسترال", "ميكسترال", "مينيسترال", "كوين", "كيوين", "علي بابا", "ديب سيك", "دييب سيك", "كوهير", "كوهيري", "كوماند آر",
        "هاجينج فيس", "هاغينغ فيس", "هجنج فيس", "هاجنج فيس", "سمول إل إم", "مايكروسوفت", "ميكروسوفت", "كوبايلوت", "كوبيلوت", "جروك", "غروك",
        "قروك", "إكس إيه آي", "فالكون", "جيس", "نموذج آيا", "نموذج علام", "نموذج فاي", "نموذج فنار",
    ];

    // And, so; by, for, as; the: written together with the name, with a tatweel between or not.
    const string Clitics = "[وف]?(?:لل|[بلك]?(?:ال)?)";

    /// <summary>
    /// One pattern that matches a name as a word, with what Arabic writes together with it. Case is for the caller to ignore.
    /// </summary>
    public static string Pattern(IEnumerable<string> ownNames)
    {
        var names = latin.Concat(ownNames).Select(name => Regex.Escape(FoldedText.ForSearch(name)))
            .Concat(arabic.Select(name => FoldedText.ForSearch(name).Replace(" ", @"\s?", StringComparison.Ordinal)));
        return $@"(?<!\p{{L}}){Clitics}(?:{string.Join('|', names)})(?!\p{{L}})";
    }
}

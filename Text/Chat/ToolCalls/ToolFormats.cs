// The call formats that are known, by name, and which of them belongs to a template.
namespace Majlis.Text.Chat.ToolCalls;

public static class ToolFormats
{
    // A template's texts are searched in this order: a template may explain one format and hold a trace of another.
    static readonly (ToolFormat Format, Func<string, bool> Signs)[] known =
    [
        (CohereCalls.Format, CohereCalls.Signs),
        (HarmonyCalls.Format, HarmonyCalls.Signs),
        (KimiCalls.Format, KimiCalls.Signs),
        (DeepSeekCalls.Fenced, DeepSeekCalls.SignsFenced),
        (DeepSeekCalls.Plain, DeepSeekCalls.SignsPlain),
        (Gemma4Calls.Format, Gemma4Calls.Signs),
        (GraniteCalls.Format, GraniteCalls.Signs),
        (GlmCalls.Format, GlmCalls.Signs),
        (MistralCalls.Format, MistralCalls.Signs),
        (TaggedCalls.Seed, TaggedCalls.SignsSeed),
        (TaggedCalls.Qwen, TaggedCalls.SignsQwen),
        (HermesCalls.Format, HermesCalls.Signs),
        (PythonicCalls.Format, PythonicCalls.Signs),
        (LlamaCalls.Format, LlamaCalls.Signs),
        (GemmaCalls.Format, GemmaCalls.Signs),
    ];

    public static IEnumerable<string> Names => known.Select(one => one.Format.Name);

    /// <summary>The format of that name, or null.</summary>
    public static ToolFormat? Named(string name) => Array.Find(known, one => one.Format.Name == name).Format;

    /// <summary>
    /// The format that models are asked for whose template shows no tools: their own where the template writes calls and it can be asked
    /// for, Gemma's for Gemma, for all others Hermes'.
    /// </summary>
    public static ToolFormat AskedOf(ChatTemplate template) => Of(template) is { CanBeAskedFor: true } own ? own
        : GemmaCalls.Turns(string.Join('\n', template.Written)) ? GemmaCalls.Format : HermesCalls.Format;

    /// <summary>The format whose signs a template's own texts bear, or null.</summary>
    public static ToolFormat? Of(ChatTemplate template)
    {
        var written = string.Join('\n', template.Written);
        return Array.Find(known, one => one.Signs(written)).Format;
    }
}

// The calls of DeepSeek's models: R1 and V3 with the arguments in a code block, V3.1 without.
// https://huggingface.co/deepseek-ai/DeepSeek-V3.1/blob/main/assets/chat_template.jinja
namespace Majlis.Text.Chat.ToolCalls;

static class DeepSeekCalls
{
    const string Open = "<｜tool▁calls▁begin｜>", Begin = "<｜tool▁call▁begin｜>", Separator = "<｜tool▁sep｜>",
        End = "<｜tool▁call▁end｜>", Close = "<｜tool▁calls▁end｜>", Fence = "```";

    public static ToolFormat Fenced { get; } =
        new SectionForm(Open, [Begin, "function", Separator], ["\n" + Fence + "json\n"], ["\n" + Fence, End], Close).Format("deepseek_v3");

    public static ToolFormat Plain { get; } = new SectionForm(Open, [Begin], [Separator], [End], Close).Format("deepseek_v31");

    public static bool SignsFenced(string written) => SignsAny(written) && written.Contains(Fence + "json", StringComparison.Ordinal);

    public static bool SignsPlain(string written) => SignsAny(written) && !written.Contains(Fence + "json", StringComparison.Ordinal);

    static bool SignsAny(string written) => written.Contains(Begin, StringComparison.Ordinal);
}

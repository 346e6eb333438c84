// The calls of Kimi K2: functions.NAME:NUMBER, then the arguments.
// https://huggingface.co/moonshotai/Kimi-K2-Instruct/blob/main/docs/tool_call_guidance.md
namespace Majlis.Text.Chat.ToolCalls;

static class KimiCalls
{
    const string Open = "<|tool_calls_section_begin|>";

    public static ToolFormat Format { get; } = new SectionForm(Open, ["<|tool_call_begin|>", "functions."],
        ["<|tool_call_argument_begin|>"], ["<|tool_call_end|>"], "<|tool_calls_section_end|>")
    {
        IsNumbered = true,
    }.Format("kimi_k2");

    public static bool Signs(string written) => written.Contains(Open, StringComparison.Ordinal);
}

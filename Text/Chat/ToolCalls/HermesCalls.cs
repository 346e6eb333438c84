// The calls of Hermes, Qwen 2.5 and 3, SmolLM3, Granite 4 and many others: a JSON object between tags.
// https://github.com/NousResearch/Hermes-Function-Calling
namespace Majlis.Text.Chat.ToolCalls;

static class HermesCalls
{
    const string Open = "<tool_call>", Close = "</tool_call>";

    // Others write no JSON between the same tags.
    static readonly string[] others = ["<function=", "<arg_key>"];

    static readonly CallMembers members = new("name", ["arguments", "parameters"], ["id", "type"]);

    public static ToolFormat Format { get; } = new("hermes", [new(Open, sink => new JsonCalls(members, sink, Close))], Close)
    {
        Forced = new(Open + "\n", members, InList: false),
    };

    public static bool Signs(string written) => written.Contains(Open, StringComparison.Ordinal)
        && !others.Any(other => written.Contains(other, StringComparison.Ordinal));
}

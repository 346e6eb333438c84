// The calls of Cohere's Command R7B, Command A and their kin: a JSON list between action marks, after what the model thought.
// https://docs.cohere.com/docs/command-r7b-hf
namespace Majlis.Text.Chat.ToolCalls;

static class CohereCalls
{
    const string Open = "<|START_ACTION|>", Close = "<|END_ACTION|>";

    static readonly CallMembers members = new("tool_name", ["parameters"], ["tool_call_id"]);

    public static ToolFormat Format { get; } = new("cohere", [new(Open, sink => new JsonCalls(members, sink, Close))], Close)
    {
        Forced = new(Open, members, InList: true),
    };

    public static bool Signs(string written) => written.Contains(Open, StringComparison.Ordinal);
}

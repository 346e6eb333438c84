// The calls that Gemma is prompted for: JSON with "parameters" or Python calls, bare or in a code block, as in its documentation.
// https://ai.google.dev/gemma/docs/capabilities/function-calling
namespace Majlis.Text.Chat.ToolCalls;

static class GemmaCalls
{
    const string Fence = "```";

    static readonly CallMembers members = new("name", ["parameters", "arguments"], [], NeedsArguments: true);

    public static ToolFormat Format { get; } = new("gemma",
    [
        new(Fence + "tool_code", sink => new PythonicCalls(sink, inList: false, Fence)),
        new(Fence + "json", sink => new JsonCalls(members, sink, Fence)),
        new("{", sink => new JsonCalls(members, sink)) { IsOfCall = true },
        new("[", sink => new PythonicCalls(sink, inList: true)) { IsOfCall = true },
    ])
    {
        Forced = new("", members, InList: false),
    };

    public static bool Signs(string written) => written.Contains(Fence + "tool_code", StringComparison.Ordinal);
}

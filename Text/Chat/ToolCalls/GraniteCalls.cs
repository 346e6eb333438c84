// The calls of Granite 3: a mark, then a JSON list of them, to the end of the answer.
// https://huggingface.co/ibm-granite/granite-3.3-8b-instruct
namespace Majlis.Text.Chat.ToolCalls;

static class GraniteCalls
{
    const string Open = "<|tool_call|>";

    static readonly CallMembers members = new("name", ["arguments", "parameters"], ["id", "type"]);

    public static ToolFormat Format { get; } = new("granite", [new(Open, sink => new JsonCalls(members, sink))], new(Open, List)
    {
        Marked = choice => Wording.Spaced(new MarkWording(Open), List(choice)),
        Signs = [new MarkWording(Open)],
    });

    static Wording List(CallChoice choice) => JsonWriting.List(JsonWriting.Call(members, choice), choice.OnlyOne);

    public static bool Signs(string written) => written.Contains(Open, StringComparison.Ordinal);
}

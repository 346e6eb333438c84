// The calls of Cohere's Command R7B, Command A and their kin: a JSON list between action marks, after what the model thought.
// https://docs.cohere.com/docs/command-r7b-hf
namespace Majlis.Text.Chat.ToolCalls;

static class CohereCalls
{
    const string Open = "<|START_ACTION|>", Close = "<|END_ACTION|>";

    static readonly CallMembers members = new("tool_name", ["parameters"], ["tool_call_id"]);

    static readonly Wording number = Wording.Spaced("\"tool_call_id\"", ":", new PatternWording("\"[0-9]{1,4}\""), ",");

    public static ToolFormat Format { get; } = new("cohere", [new(Open, sink => new JsonCalls(members, sink, Close))],
        new(Open, Inside)
        {
            Marked = choice => Wording.InOrder(new MarkWording(Open), Inside(choice)),
            Signs = [new MarkWording(Open)],
        }, Close);

    static Wording Inside(CallChoice choice) => Wording.Spaced("",
        JsonWriting.List(JsonWriting.Call(members, choice, before: number), choice.OnlyOne), new MarkWording(Close));

    public static bool Signs(string written) => written.Contains(Open, StringComparison.Ordinal);
}

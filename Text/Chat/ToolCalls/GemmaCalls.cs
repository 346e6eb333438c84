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
    ],
        new("", Bare)
        {
            Bare = Bare,
            Marked = choice => Wording.AnyOf(
                Wording.Spaced(Fence + "tool_code", PythonWriting.Lines(choice), Fence),
                Wording.Spaced(Fence + "json", Wording.AnyOf(Call(choice), JsonWriting.List(Call(choice), choice.OnlyOne)), Fence)),
            Signs =
            [
                Fence + "tool_code",
                Wording.Spaced(Fence + "json", Wording.Optional("["), JsonWriting.Sign(members)),
            ],
            FirstSign = choice => Wording.AnyOf(JsonWriting.Sign(members), PythonWriting.Sign(choice)),
        })
    {
        Prompted = new("To call one, answer with nothing but its name and parameters as JSON, each call on a line of its own:",
            (name, arguments) => $"{{\"name\": \"{name}\", \"parameters\": {arguments}}}"),
    };

    static Wording Call(CallChoice choice) => JsonWriting.Call(members, choice);

    static Wording Bare(CallChoice choice) => Wording.AnyOf(Call(choice), PythonWriting.List(choice));

    public static bool Signs(string written) => written.Contains(Fence + "tool_code", StringComparison.Ordinal);

    /// <summary>The turns of Gemma's own templates, which show no tools.</summary>
    public static bool Turns(string written) => written.Contains("<start_of_turn>", StringComparison.Ordinal);
}

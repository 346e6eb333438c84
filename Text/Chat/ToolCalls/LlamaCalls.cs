// The calls of Llama 3.1 and 3.2: the answer is a JSON object with "parameters", or one follows the mark of its Python tool. Several are
// separated by semicolons. https://github.com/meta-llama/llama-models/blob/main/models/llama3_1/prompt_format.md
namespace Majlis.Text.Chat.ToolCalls;

static class LlamaCalls
{
    const string Python = "<|python_tag|>";

    static readonly CallMembers members = new("name", ["parameters", "arguments"], ["type", "id"], NeedsArguments: true);

    public static ToolFormat Format { get; } = new("llama",
        [new(Python, Reader), new("{", Reader) { IsOfCall = true }],
        new("", Calls)
        {
            Bare = Calls,
            Marked = choice => Wording.Spaced(new MarkWording(Python), Calls(choice)),
            Signs = [new MarkWording(Python)],
            FirstSign = _ => JsonWriting.Sign(members),
        });

    public static bool Signs(string written) => written.Contains("\"parameters\": dictionary", StringComparison.Ordinal);

    static Wording Calls(CallChoice choice) =>
        Wording.List(JsonWriting.Call(members, choice), Wording.Spaced("", ";", ""), choice.OnlyOne);

    static JsonCalls Reader(CallSink sink) => new(members, sink);
}

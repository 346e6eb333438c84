// The calls of Llama 3.1 and 3.2: the answer is a JSON object with "parameters", or one follows the mark of its Python tool. Several are
// separated by semicolons. https://github.com/meta-llama/llama-models/blob/main/models/llama3_1/prompt_format.md
namespace Majlis.Text.Chat.ToolCalls;

static class LlamaCalls
{
    const string Python = "<|python_tag|>";

    static readonly CallMembers members = new("name", ["parameters", "arguments"], ["type", "id"], NeedsArguments: true);

    public static ToolFormat Format { get; } = new("llama",
        [new(Python, Reader), new("{", Reader) { IsOfCall = true }])
    {
        Forced = new("", members, InList: false),
    };

    public static bool Signs(string written) => written.Contains("\"parameters\": dictionary", StringComparison.Ordinal);

    static JsonCalls Reader(CallSink sink) => new(members, sink);
}

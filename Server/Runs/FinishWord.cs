// Why an answer ended, in the API's words. Knows no reply.
using Majlis.Inference;

namespace Majlis.Server.Runs;

/// <summary>The API's names for why a completion ended; the official .NET client throws on any other.</summary>
static class FinishWord
{
    public static string Of(FinishReason reason) => reason switch
    {
        FinishReason.Length => "length",
        FinishReason.ToolCalls => "tool_calls",
        _ => "stop",
    };
}

// A response as it stands: what was asked, what was written so far, what it took. Knows no events.
using System.Text.Json.Nodes;
using Majlis.Server.Chat;
using Majlis.Server.Runs;

namespace Majlis.Server.Responses;

static class ResponseShape
{
    /// <param name="usage">Null while it is written.</param>
    /// <param name="state">Completed: seconds since 1970, null where it is not.</param>
    public static JsonObject Of(ChatRun run, ResponseRequest request, IEnumerable<JsonObject> output, Usage? usage,
        (string Status, long? Completed, bool IsKept) state)
    {
        var response = new JsonObject
        {
            ["id"] = run.Id,
            ["object"] = "response",
            ["created_at"] = run.Created,
            ["completed_at"] = state.Status == "completed" ? state.Completed : null,
            ["status"] = state.Status,
            ["error"] = null,
            ["incomplete_details"] = state.Status == "incomplete" ? new JsonObject { ["reason"] = "max_output_tokens" } : null,
            ["model"] = run.Version,
            ["output"] = new JsonArray([.. output.Select(item => item.DeepClone())]),
            ["usage"] = usage is null ? null : Of(usage),
            ["store"] = state.IsKept,
            ["service_tier"] = "default",
        };
        var sampling = run.Choices[0].Sampling;
        (response["temperature"], response["top_p"]) = (Number(sampling.Temperature), Number(sampling.TopP));
        response["presence_penalty"] = Number(sampling.PresencePenalty);
        response["frequency_penalty"] = Number(sampling.FrequencyPenalty);
        foreach (var (name, value) in request.Echo) response[name] = value?.DeepClone();
        return response;
    }

    // As written in decimals, not as the nearest float reads in double.
    static decimal Number(float value) => (decimal)value;

    static JsonObject Of(Usage usage) => new()
    {
        ["input_tokens"] = usage.PromptTokens,
        // The cache keeps what it has room for, and nobody pays for that.
        ["input_tokens_details"] = new JsonObject
        {
            ["cached_tokens"] = usage.PromptTokensDetails.CachedTokens,
            ["cache_write_tokens"] = 0,
        },
        ["output_tokens"] = usage.CompletionTokens,
        ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = usage.CompletionTokensDetails.ReasoningTokens },
        ["total_tokens"] = usage.TotalTokens,
    };
}

// Reads the body of a new battle: a chat request without the fields that would reveal the sides or make both answers equal.
using System.Text.Json;
using Majlis.Server.Chat;
using Majlis.Server.Models;
using Majlis.Server.Wire;

namespace Majlis.Server.Arena;

static class BattleRequestReader
{
    static readonly string[] chatOnly =
    [
        "n", "best_of_n", "logprobs", "top_logprobs", "prompt_logprobs", "return_token_ids", "stream_options", "skip_special_tokens",
        "include_stop_str_in_output", "tools", "tool_choice", "parallel_tool_calls", "store",
    ];

    const float LeastChance = 0.01f;

    // A token whose bias is so far above every other's is always drawn.
    const float DecidingBias = 50;

    public static ChatRequest? Read(JsonElement body, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        foreach (var name in chatOnly)
            if (fields.Any(name) is { } value && !IsDefault(name, value))
                problem.Add(ApiError.UnsupportedField(name, "A battle streams two plain answers."));
        if (fields.Flag("stream") is false) problem.Add(ApiError.UnsupportedField("stream", "A battle is always streamed."));
        var request = ChatRequestReader.Read(fields, fields.Text("model") ?? ModelNames.Current);
        if (Deciding(request.Sampling) is { } field)
            problem.Add(ApiError.InvalidValue(field,
                $"Invalid '{field}': it leaves so little to chance that both sides would be the same answer."));
        return problem.First is null ? request with { BestOf = null, Output = new OutputWishes { Choices = 2, Stream = true } } : null;
    }

    static bool IsDefault(string name, JsonElement value) => name switch
    {
        "n" or "best_of_n" => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count == 1,
        "top_logprobs" => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var top) && top == 0,
        "tools" => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0,
        "tool_choice" => value.ValueKind == JsonValueKind.String && value.ValueEquals("none"),
        "skip_special_tokens" or "parallel_tool_calls" => value.ValueKind == JsonValueKind.True,
        "stream_options" => value.ValueKind == JsonValueKind.Object
            && value.EnumerateObject().All(field => field.Value.ValueKind is JsonValueKind.False or JsonValueKind.Null),
        _ => value.ValueKind == JsonValueKind.False,
    };

    /// <summary>The field that makes the draw (nearly) greedy, so that both answers would be equal; null where none does.</summary>
    static string? Deciding(SamplingWishes sampling) => sampling.Temperature < LeastChance ? "temperature"
        : sampling.TopK == 1 ? "top_k"
        : sampling.TopP < LeastChance ? "top_p"
        : sampling.TypicalP < LeastChance ? "typical_p"
        : sampling.AllowedTokens.Length == 1 ? "allowed_token_ids"
        : sampling.MinP > 1 - LeastChance ? "min_p"
        : IsDecidedByBias(sampling) ? "logit_bias" : null;

    static bool IsDecidedByBias(SamplingWishes sampling)
    {
        if (sampling.LogitBias.IsEmpty) return false;
        float[] first = [.. Biases(sampling).OrderDescending().Take(2)];
        return first.Length < 2 || first[0] - first[1] >= DecidingBias;
    }

    // Of the tokens that may be drawn; those without a bias stand in the list once.
    static IEnumerable<float> Biases(SamplingWishes sampling) => sampling.AllowedTokens.Length > 0
        ? sampling.AllowedTokens.Distinct().Select(id => sampling.LogitBias.GetValueOrDefault(id))
        : sampling.LogitBias.Values.Append(0);
}

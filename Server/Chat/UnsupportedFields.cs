// Fields that are known and cannot be honoured: each is refused with its reason, unless it asks for what happens anyway.
// Also the few that by nature have no visible effect. Adding what a field asks for removes its line here.
using System.Text.Json;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

static class UnsupportedFields
{
    const string NoTools = "Tool calls are not served yet.";
    const string NoStore = "Completions are not stored here.";
    const string NoGrammar = "Only free text is served; structured output is not there yet.";

    static readonly Dictionary<string, string> refused = new()
    {
        ["tools"] = NoTools,
        ["tool_choice"] = NoTools,
        ["parallel_tool_calls"] = NoTools,
        ["functions"] = NoTools,
        ["function_call"] = NoTools,
        ["response_format"] = NoGrammar,
        ["structured_outputs"] = NoGrammar,
        ["store"] = NoStore,
        ["metadata"] = NoStore,
        ["modalities"] = "The model answers in text.",
        ["audio"] = "The model answers in text.",
        ["web_search_options"] = "The server searches no web; send 'documents'.",
        ["prediction"] = "Predicted output is not used here.",
        ["reasoning_effort"] = "The effort of reasoning cannot be set here.",
        ["verbosity"] = "Verbosity cannot be set here; say it in a message.",
        ["moderation"] = "The server moderates nothing.",
        ["prompt_cache_retention"] = "How long a prefix stays cached cannot be set here.",
        ["service_tier"] = "There is one tier; 'auto' and 'default' are taken.",
        ["prompt_logprobs"] = "Log-probabilities are given for the completion only.",
        ["best_of_n"] = "Every completion is returned; ask for 'n'.",
        ["citation_options"] = "Citations are not served yet.",
    };

    static readonly string[] withoutEffect = ["user", "safety_identifier", "prompt_cache_key"];

    public static void Check(Fields fields)
    {
        foreach (var name in withoutEffect) fields.Text(name);
        foreach (var name in fields.Unread.Where(refused.ContainsKey).ToList())
            if (fields.Any(name) is { } value && !HappensAnyway(name, value))
                fields.Problem.Add(ApiError.UnsupportedField(name, refused[name]));
    }

    static bool HappensAnyway(string name, JsonElement value) => name switch
    {
        "store" => value.ValueKind == JsonValueKind.False,
        "response_format" => value.ValueKind == JsonValueKind.Object && value.EnumerateObject().Count() == 1
            && value.TryGetProperty("type", out var type) && IsText(type, "text"),
        "modalities" => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 1 && IsText(value[0], "text"),
        "service_tier" => IsText(value, "auto") || IsText(value, "default"),
        "best_of_n" => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count == 1,
        _ => false,
    };

    static bool IsText(JsonElement value, string text) => value.ValueKind == JsonValueKind.String && value.ValueEquals(text);
}

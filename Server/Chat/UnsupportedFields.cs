// Known fields that cannot be honoured. Each is refused with its reason, unless its value asks for what happens anyway, such as its
// default. Whoever implements a field removes its line here.
using System.Text.Json;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

static class UnsupportedFields
{
    const string OldTools = "It was replaced by 'tools' and 'tool_choice'; send those.";
    const string NoCacheTime = "How long a prefix stays cached cannot be set here.";

    static readonly Dictionary<string, string> refused = new()
    {
        ["functions"] = OldTools,
        ["function_call"] = OldTools,
        ["modalities"] = "The model answers in text.",
        ["audio"] = "The model answers in text.",
        ["web_search_options"] = "The server searches no web; send 'documents'.",
        ["prediction"] = "Predicted output is not used here.",
        ["verbosity"] = "Verbosity cannot be set here; say it in a message.",
        ["moderation"] = "The server moderates nothing.",
        ["prompt_cache_retention"] = NoCacheTime,
        ["prompt_cache_options"] = NoCacheTime,
        ["service_tier"] = "There is one tier; 'auto' and 'default' are taken.",
    };

    public static void Check(Fields fields)
    {
        foreach (var name in fields.Unread.Where(refused.ContainsKey).ToList()) Check(fields, name);
    }

    /// <summary>Checks one of them.</summary>
    public static void Check(Fields fields, string name)
    {
        if (fields.Any(name) is { } value && !HappensAnyway(name, value))
            fields.Problem.Add(ApiError.UnsupportedField(name, refused[name]));
    }

    static bool HappensAnyway(string name, JsonElement value) => name switch
    {
        "functions" => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0,
        "function_call" => Is(value, "none"),
        "modalities" => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 1 && Is(value[0], "text"),
        "verbosity" => Is(value, "medium"),
        "service_tier" => Is(value, "auto") || Is(value, "default"),
        "prompt_cache_retention" => Is(value, "in_memory") || Is(value, "in-memory"),
        "prompt_cache_options" => HoldsOnly(value, ("mode", "implicit"), ("ttl", "30m")),
        _ => false,
    };

    static bool Is(JsonElement value, string text) => value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    static bool HoldsOnly(JsonElement value, params (string Name, string Text)[] defaults) => value.ValueKind == JsonValueKind.Object
        && value.EnumerateObject().All(field => field.Value.ValueKind == JsonValueKind.Null
            || defaults.Any(given => field.NameEquals(given.Name) && Is(field.Value, given.Text)));
}

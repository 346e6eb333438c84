// Fields of the Responses API that cannot be honoured, each refused with its reason, and those that by nature have no visible effect.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Chat;
using Majlis.Server.Wire;

namespace Majlis.Server.Responses;

static class ResponseFields
{
    static readonly Dictionary<string, string> refused = new()
    {
        ["conversation"] = "Conversations are not kept here; send 'previous_response_id'.",
        ["prompt"] = "Prompt templates are not kept here; send 'instructions' and 'input'.",
        ["context_management"] = "Nothing is compacted here; 'truncation' as 'auto' leaves out the oldest turns.",
        ["max_tool_calls"] = "The server runs no tools of its own, so there is nothing to count.",
        ["moderation"] = "The server moderates nothing.",
    };

    public static void Refuse(Fields fields)
    {
        foreach (var (name, why) in refused)
            if (fields.Any(name) is not null) fields.Problem.Add(ApiError.UnsupportedField(name, why));
    }

    /// <summary>Users, keys of caches and tiers: read and repeated in the reply. Gives the user.</summary>
    public static string? ReadEchoed(Fields fields, JsonObject echo)
    {
        var names = ConversationKey.Read(fields);
        foreach (var (field, name) in names) echo[field] = name;
        // What of it has an effect is a chat's business too.
        echo["prompt_cache_retention"] = fields.Peek("prompt_cache_retention") is { } kept ? Translation.Node(kept) : null;
        if (fields.Peek("prompt_cache_options") is { } given) echo["prompt_cache_options"] = Translation.Node(given);
        foreach (var name in new[] { "prompt_cache_retention", "prompt_cache_options" }) UnsupportedFields.Check(fields, name);
        if (fields.Has("service_tier") && fields.Word("service_tier", ["auto", "default", "flex", "priority", "scale"]) is { } tier)
            fields.Problem.AddIf(tier is not ("auto" or "default"),
                ApiError.UnsupportedField("service_tier", "There is one tier; 'auto' and 'default' are taken."));
        foreach (var name in new[] { "max_tool_calls", "moderation" }) echo[name] = null;
        return names.Values.FirstOrDefault(name => name is not null);
    }
}

// Reads the body of POST /v1/messages as a chat request (https://docs.anthropic.com/en/api/messages). A field that no reader knows is
// refused.
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Chat;
using Majlis.Server.Wire;
using Majlis.Text.Chat.Reasoning;

namespace Majlis.Server.Anthropic;

static class MessageRequestReader
{
    const int MostStops = 16;
    const int LongestStop = 1024;

    static readonly Dictionary<string, string> refused = new()
    {
        ["mcp_servers"] = "The server calls no other servers.",
        ["container"] = "There are no containers here.",
        ["context_management"] = "Nothing is edited out of a context here.",
        ["thread"] = "The server holds no conversations between requests; send all of its messages.",
        ["inference_geo"] = "The server computes where it runs; no region can be asked for.",
    };

    // The API's own words; 'high' is what it does where nothing is said.
    static readonly string[] efforts = ["low", "medium", "high", "xhigh", "max"];

    /// <param name="counts">The tokens are only counted, so the request says nothing of an answer.</param>
    public static ChatRequest? Read(JsonElement body, Problem problem, bool counts)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        foreach (var (name, why) in refused)
            if (fields.Any(name) is not null) problem.Add(ApiError.UnsupportedField(name, why));
        var model = fields.RequiredText("model");
        var messages = MessageList.Read(fields);
        if (!counts && !fields.Has("max_tokens")) problem.Add(ApiError.MissingField("max_tokens"));
        var (effort, grammar) = Output(fields);
        var (thinks, budget) = Thinking(fields);
        var isContinued = MessageList.IsContinued(messages);
        var request = new ChatRequest
        {
            Model = model,
            Messages = messages,
            ContinueFinalMessage = isContinued,
            AddGenerationPrompt = !isContinued,
            Tools = AnthropicTools.Read(fields),
            Effort = thinks is false ? TemplateReasoning.NoEffort : effort ?? (thinks is true ? "medium" : null),
            EffortNamed = thinks is not false && effort is not null ? ("output_config.effort", "high") : ("thinking", "enabled"),
            ThinkingBudget = budget,
            Sampling = new()
            {
                Temperature = fields.Number("temperature", 0, 1),
                TopP = fields.Number("top_p", 0, 1),
                TopK = fields.Int("top_k", 0, int.MaxValue),
            },
            MaxTokens = fields.Int("max_tokens", 1, int.MaxValue),
            Stop = Stops(fields),
            Grammar = grammar,
            Output = new() { Stream = fields.Flag("stream") ?? false },
        };
        request = request with { User = ReadUser(fields) };
        fields.Done();
        return problem.First is null ? request : null;
    }

    static ImmutableArray<string> Stops(Fields fields)
    {
        var stops = ImmutableArray.CreateBuilder<string>();
        foreach (var (value, name) in fields.Items("stop_sequences").TakeWhile(_ => fields.Problem.First is null))
            if (value.ValueKind != JsonValueKind.String) fields.Problem.Add(ApiError.WrongType(name, "a string", Fields.Kind(value)));
            else if (value.GetString()!.Length is 0 or > LongestStop)
                fields.Problem.Add(ApiError.InvalidValue(name, $"Invalid '{name}': 1 to {LongestStop} characters are expected."));
            else stops.Add(value.GetString()!);
        fields.Problem.AddIf(stops.Count > MostStops, ApiError.TooMany("stop_sequences", stops.Count, MostStops));
        return stops.ToImmutable();
    }

    // Null: the client says nothing, and the template decides.
    static (bool? Thinks, int? Budget) Thinking(Fields fields)
    {
        if (fields.Of("thinking", JsonValueKind.Object, "an object") is not { } given) return (null, null);
        var thinking = new Fields(given, "thinking", fields.Problem);
        var type = thinking.Word("type", ["enabled", "disabled", "adaptive"], required: true);
        var budget = type == "enabled" ? thinking.Int("budget_tokens", 1, int.MaxValue) : null;
        fields.Problem.AddIf(type == "enabled" && budget is null, ApiError.MissingField(thinking.Name("budget_tokens")));
        if (thinking.Has("display") && thinking.Word("display", ["summarized", "omitted"]) == "omitted")
            fields.Problem.Add(ApiError.UnsupportedField(thinking.Name("display"), "What the model thinks is shown as it is."));
        thinking.Done();
        return (type == "disabled" ? false : type == "enabled" ? true : null, budget);
    }

    static (string? Effort, GrammarWish? Grammar) Output(Fields fields)
    {
        if (fields.Of("output_config", JsonValueKind.Object, "an object") is not { } given) return (null, null);
        var config = new Fields(given, "output_config", fields.Problem);
        var effort = config.Has("effort") ? config.Word("effort", efforts) : null;
        var format = config.Of("format", JsonValueKind.Object, "an object");
        config.Done();
        if (format is null) return (effort, null);
        var named = new Fields(format.Value, config.Name("format"), fields.Problem);
        named.Word("type", ["json_schema"], required: true);
        if (!named.Has("schema")) fields.Problem.Add(ApiError.MissingField(named.Name("schema")));
        var schema = named.Any("schema");
        named.Done();
        if (schema is null || fields.Problem.First is not null) return (effort, null);
        var chat = new JsonObject { ["name"] = "answer", ["schema"] = Translation.Node(schema.Value) };
        var wish = Translation.Read(new() { ["response_format"] = new JsonObject { ["type"] = "json_schema", ["json_schema"] = chat } },
            GrammarReader.Read, fields.Problem, _ => named.Name("schema"));
        return (effort, wish is null ? null : wish with { Field = named.Name("schema") });
    }

    // What has no effect is read beside it.
    static string? ReadUser(Fields fields)
    {
        string? user = null;
        if (fields.Of("metadata", JsonValueKind.Object, "an object") is { } given)
        {
            var metadata = new Fields(given, "metadata", fields.Problem);
            user = metadata.Text("user_id");
            metadata.Done();
        }
        if (fields.Has("service_tier")) fields.Word("service_tier", ["auto", "standard_only"]);
        if (fields.Has("speed") && fields.Word("speed", ["standard", "fast"]) == "fast")
            fields.Problem.Add(ApiError.UnsupportedField("speed", "There is one speed; 'standard' is taken."));
        fields.Of("cache_control", JsonValueKind.Object, "an object");
        return user;
    }

    /// <summary>From a chat's name of a field to this API's.</summary>
    public static string Name(string chat) => chat switch
    {
        "thinking_token_budget" => "thinking.budget_tokens",
        "stop" => "stop_sequences",
        _ => chat,
    };
}

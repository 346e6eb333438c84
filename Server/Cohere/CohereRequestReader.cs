// Reads the body of Cohere's POST /v2/chat as a chat request (https://docs.cohere.com/reference/chat). A field that no reader knows is
// refused.
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Chat;
using Majlis.Server.Chat.Tools;
using Majlis.Server.Wire;
using Majlis.Text.Chat.Reasoning;

namespace Majlis.Server.Cohere;

static class CohereRequestReader
{
    const int MostStops = 5;

    public static ChatRequest? Read(JsonElement body, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        var (effort, budget) = Thinking(fields);
        var request = new ChatRequest
        {
            Model = fields.RequiredText("model"),
            Messages = CohereMessages.Read(fields),
            Documents = DocumentReader.Read(fields),
            Citations = CitationOptionsReader.Read(fields),
            Tools = Tools(fields),
            TemplateArguments = Safety(fields),
            Effort = effort,
            ThinkingBudget = budget,
            Sampling = new()
            {
                Temperature = fields.Number("temperature", 0, 2),
                TopP = fields.Number("p", 0, 1),
                TopK = fields.Int("k", 0, int.MaxValue),
                Seed = fields.Integer("seed", 0, long.MaxValue),
                FrequencyPenalty = fields.Number("frequency_penalty", 0, 1),
                PresencePenalty = fields.Number("presence_penalty", 0, 1),
            },
            MaxTokens = fields.Int("max_tokens", 1, int.MaxValue),
            Stop = Stops(fields),
            Priority = fields.Int("priority", 0, 999) ?? 0,
            Grammar = Format(fields),
            Output = new() { Stream = fields.Flag("stream") ?? false, LogProbabilities = fields.Flag("logprobs") ?? false },
        };
        fields.Done();
        return problem.First is null ? request : null;
    }

    static ImmutableArray<string> Stops(Fields fields)
    {
        var stops = ImmutableArray.CreateBuilder<string>();
        foreach (var (value, name) in fields.Items("stop_sequences").TakeWhile(_ => fields.Problem.First is null))
            if (value.ValueKind == JsonValueKind.String && value.GetString()!.Length > 0) stops.Add(value.GetString()!);
            else fields.Problem.Add(ApiError.WrongType(name, "a string that is not empty", Fields.Kind(value)));
        fields.Problem.AddIf(stops.Count > MostStops, ApiError.TooMany("stop_sequences", stops.Count, MostStops));
        return stops.ToImmutable();
    }

    static ToolOffer? Tools(Fields fields)
    {
        var (chat, strict) = (new JsonObject(), fields.Flag("strict_tools") is true);
        if (fields.Of("tools", JsonValueKind.Array, "an array") is { } given) chat["tools"] = Translation.Node(given);
        foreach (var tool in chat["tools"]?.AsArray() ?? [])
            if (strict && tool?["function"] is JsonObject function) function["strict"] ??= true;
        if (fields.Has("tool_choice"))
            chat["tool_choice"] = fields.Word("tool_choice", ["REQUIRED", "NONE"]) == "REQUIRED" ? "required" : "none";
        return fields.Problem.First is not null ? null : Translation.Read(chat, ToolOfferReader.Read, fields.Problem, name => name);
    }

    static GrammarWish? Format(Fields fields)
    {
        if (fields.Of("response_format", JsonValueKind.Object, "an object") is not { } given) return null;
        var format = new Fields(given, "response_format", fields.Problem);
        var type = format.Word("type", ["text", "json_object"], required: true);
        // The older name of the schema is taken, too.
        var name = format.Has("schema") ? "schema" : "json_schema";
        var schema = format.Any(name);
        format.Done();
        if (fields.Problem.First is not null || type == "text") return null;
        var chat = schema is null ? new JsonObject { ["type"] = type } : new JsonObject
        {
            ["type"] = "json_schema",
            ["json_schema"] = new JsonObject { ["name"] = "answer", ["schema"] = Translation.Node(schema.Value) },
        };
        var field = schema is null ? "response_format" : $"response_format.{name}";
        var wish = Translation.Read(new() { ["response_format"] = chat }, GrammarReader.Read, fields.Problem, _ => field);
        return wish is null ? null : wish with { Field = field };
    }

    // A template that reads no such variable refuses it; Cohere's own do read it.
    static JsonObject? Safety(Fields fields) => !fields.Has("safety_mode") ? null
        : new() { ["safety_mode"] = fields.Word("safety_mode", ["CONTEXTUAL", "STRICT", "OFF", "NONE"]) };

    static (string? Effort, int? Budget) Thinking(Fields fields)
    {
        if (fields.Of("thinking", JsonValueKind.Object, "an object") is not { } given) return (null, null);
        var thinking = new Fields(given, "thinking", fields.Problem);
        var isOn = thinking.Word("type", ["enabled", "disabled"], required: true) == "enabled";
        var budget = thinking.Int("token_budget", 1, int.MaxValue);
        thinking.Done();
        return (isOn ? "medium" : TemplateReasoning.NoEffort, budget);
    }

    /// <summary>From a chat's name of a field to this API's.</summary>
    public static string Name(string chat) => chat switch
    {
        "thinking_token_budget" => "thinking.token_budget",
        "reasoning_effort" => "thinking.type",
        "chat_template_kwargs.safety_mode" => "safety_mode",
        "stop" => "stop_sequences",
        "top_p" => "p",
        "top_k" => "k",
        _ => chat,
    };
}

// Reads what a request says of tools: tools, tool_choice and parallel_tool_calls. Knows no model and no call format.
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat.Tools;

static class ToolOfferReader
{
    // OpenAI's limits.
    const int MostTools = 128;
    const int LongestName = 64;
    const int MostBytes = 1 << 18;

    /// <summary>The tools that the model may call; null where there are none.</summary>
    public static ToolOffer? Read(Fields fields)
    {
        var names = ImmutableHashSet.CreateBuilder<string>();
        var tools = new JsonArray();
        if (fields.Peek("tools") is { ValueKind: JsonValueKind.Array } given && given.GetArrayLength() > MostTools)
            fields.Problem.Add(ApiError.TooMany("tools", given.GetArrayLength(), MostTools));
        else
            foreach (var (value, name) in fields.Items("tools").TakeWhile(_ => fields.Problem.First is null))
                tools.Add(Tool(new Fields(value, name, fields.Problem), names));
        var offered = names.ToImmutable();
        var calls = ToolChoiceReader.MayCall(fields, offered);
        var several = fields.Flag("parallel_tool_calls");
        if (offered.IsEmpty && several is false)
            fields.Problem.Add(ApiError.InvalidValue("parallel_tool_calls", "'parallel_tool_calls' is only allowed with 'tools'."));
        return calls ? new(tools, offered, OnlyFirst: several is false) : null;
    }

    static JsonObject Tool(Fields tool, ImmutableHashSet<string>.Builder names)
    {
        tool.Word("type", ["function"], required: true);
        if (!tool.Has("function")) tool.Problem.Add(ApiError.MissingField(tool.Name("function")));
        var function = new JsonObject();
        if (tool.Of("function", JsonValueKind.Object, "an object") is { } given)
            function = Function(new Fields(given, tool.Name("function"), tool.Problem), names);
        tool.Done();
        return new() { ["type"] = "function", ["function"] = function };
    }

    // Templates join descriptions to texts and walk parameters, so neither is ever absent.
    static JsonObject Function(Fields function, ImmutableHashSet<string>.Builder names)
    {
        var name = function.RequiredText("name");
        CheckName(name, function.Name("name"), names, function.Problem);
        var description = function.Text("description") ?? "";
        var parameters = function.Peek("parameters") is null ? NoParameters()
            : Parameters(function.Small("parameters", MostBytes)!.Value, function.Name("parameters"), function.Problem);
        if (function.Flag("strict") is true)
            function.Problem.Add(ApiError.UnsupportedField(function.Name("strict"),
                "Arguments are not held to their schema while they are generated; leave 'strict' out and check them."));
        function.Done();
        return new() { ["name"] = name, ["description"] = description, ["parameters"] = parameters };
    }

    static void CheckName(string name, string param, ImmutableHashSet<string>.Builder names, Problem problem)
    {
        if (problem.First is not null) return;
        if (name.Length is 0 or > LongestName || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.'))
            problem.Add(ApiError.InvalidValue(param,
                $"Invalid '{param}': a name has 1 to {LongestName} letters, digits, underscores, hyphens and dots."));
        else if (!names.Add(name))
            problem.Add(ApiError.InvalidValue(param, $"Invalid '{param}': there are two tools named '{name}'."));
    }

    static JsonObject NoParameters() => new() { ["type"] = "object", ["properties"] = new JsonObject() };

    static JsonObject? Parameters(JsonElement given, string param, Problem problem)
    {
        if (given.ValueKind != JsonValueKind.Object)
            problem.Add(ApiError.WrongType(param, "an object: a JSON Schema", Fields.Kind(given)));
        else if (given.TryGetProperty("type", out var type) && !(type.ValueKind == JsonValueKind.String && type.ValueEquals("object")))
            problem.Add(ApiError.InvalidValue($"{param}.type",
                $"Invalid '{param}.type': arguments are an object, so the schema's 'type' must be 'object'."));
        return problem.First is null ? JsonObject.Create(given.Clone()) : null;
    }
}

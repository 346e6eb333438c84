// Reads the list of tools: functions by name, with a description and a JSON Schema of their arguments. Knows no model and no call format.
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat.Tools;

/// <summary>For one request.</summary>
sealed class ToolListReader
{
    // OpenAI's limits.
    const int MostTools = 128;
    const int LongestName = 64;
    const int MostBytes = 1 << 18;

    readonly ImmutableHashSet<string>.Builder names = ImmutableHashSet.CreateBuilder<string>();

    public ImmutableHashSet<string> Names => names.ToImmutable();

    /// <summary>The tools whose arguments keep to their schema.</summary>
    public HashSet<string> Strict { get; } = [];

    public JsonArray Read(Fields fields)
    {
        var tools = new JsonArray();
        if (fields.Peek("tools") is { ValueKind: JsonValueKind.Array } given && given.GetArrayLength() > MostTools)
            fields.Problem.Add(ApiError.TooMany("tools", given.GetArrayLength(), MostTools));
        else
            foreach (var (value, name) in fields.Items("tools").TakeWhile(_ => fields.Problem.First is null))
                tools.Add(Tool(new Fields(value, name, fields.Problem)));
        return tools;
    }

    JsonObject Tool(Fields tool)
    {
        tool.Word("type", ["function"], required: true);
        if (!tool.Has("function")) tool.Problem.Add(ApiError.MissingField(tool.Name("function")));
        var function = new JsonObject();
        if (tool.Of("function", JsonValueKind.Object, "an object") is { } given)
            function = Function(new Fields(given, tool.Name("function"), tool.Problem));
        tool.Done();
        return new() { ["type"] = "function", ["function"] = function };
    }

    // Templates join descriptions to texts and walk parameters, so neither is ever absent.
    JsonObject Function(Fields function)
    {
        var name = function.RequiredText("name");
        CheckName(name, function.Name("name"), function.Problem);
        var description = function.Text("description") ?? "";
        var parameters = function.Peek("parameters") is null ? NoParameters()
            : Parameters(function.Small("parameters", MostBytes)!.Value, function.Name("parameters"), function.Problem);
        if (function.Flag("strict") is true) Strict.Add(name);
        function.Done();
        return new() { ["name"] = name, ["description"] = description, ["parameters"] = parameters };
    }

    void CheckName(string name, string param, Problem problem)
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

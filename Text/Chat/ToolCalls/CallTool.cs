// A tool as calls of it are written and read. Data only.
using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Majlis.Text.Chat.ToolCalls;

/// <param name="Parameters">The JSON Schema of its arguments, an object's.</param>
/// <param name="Strict">Its arguments are held to that schema even where the model may choose whether to call.</param>
public sealed record CallTool(string Name, JsonObject Parameters, bool Strict = false)
{
    /// <summary>What its arguments are held to, as JSON text.</summary>
    public string Schema { get; private init; } = Parameters.ToJsonString();

    /// <summary>The parameters whose values are texts and nothing else: formats without quotes write them as they are.</summary>
    public ImmutableHashSet<string> PlainTexts { get; } = Parameters["properties"] is JsonObject properties
        ? [.. properties.Where(property => property.Value is JsonObject schema && IsText(schema)).Select(property => property.Key)] : [];

    /// <summary>The same tool, of which any arguments are taken.</summary>
    public CallTool Loose() => this with { Schema = """{"type":"object"}""" };

    static bool IsText(JsonObject schema) => schema["type"] is { } type
        ? type.GetValueKind() == System.Text.Json.JsonValueKind.String && (string?)type == "string"
        : schema["enum"] is JsonArray { Count: > 0 } values
            && values.All(value => value?.GetValueKind() == System.Text.Json.JsonValueKind.String);
}

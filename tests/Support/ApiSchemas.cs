// The schemas of an OpenAPI document (JSON or YAML), and what in a value does not fit one. Reads the keywords that such documents use for
// shapes; limits of numbers and lengths are not looked at.
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Majlis.tests.Support;

public sealed partial class ApiSchemas(JsonNode document)
{
    const int OfAnotherType = 1000;

    public JsonNode Document => document;

    public static ApiSchemas Read(string file)
    {
        using var text = File.OpenText(file);
        if (file.EndsWith(".json", StringComparison.Ordinal)) return new(JsonNode.Parse(text.ReadToEnd())!);
        var yaml = new YamlStream();
        // YamlDotNet refuses a text whose first line is blank and longer than its indent; YAML does not.
        using var trimmed = new StringReader(BlankLines().Replace(text.ReadToEnd(), ""));
        yaml.Load(trimmed);
        return new(Json(yaml.Documents[0].RootNode)!);
    }

    /// <summary>What does not fit the named schema, each with its path; empty where all fits.</summary>
    public List<string> Faults(string schema, JsonNode? value) => Faults(document["components"]!["schemas"]![schema]!, value, "$");

    /// <summary>The same of any schema of the document.</summary>
    public List<string> Faults(JsonNode schema, JsonNode? value, string path)
    {
        if ((string?)schema["$ref"] is { } name) return Faults(Resolve(name), value, path);
        if (value is null && (bool?)schema["nullable"] == true) return [];
        var faults = new List<string>();
        foreach (var part in schema["allOf"]?.AsArray() ?? []) faults.AddRange(Faults(part!, value, path));
        foreach (var word in new[] { "anyOf", "oneOf" })
            if (schema[word] is JsonArray choices)
                // The nearest choice says best what is missing; one of another type is far.
                faults.AddRange(choices.Select(choice => Faults(choice!, value, path)).MinBy(found => Distance(found, path)) ?? []);
        if (schema["type"] is { } types && !Types(types).Any(type => Is(type, value)))
            return [.. faults, $"{path} is {value?.GetValueKind().ToString() ?? "null"}, not {types.ToJsonString()}"];
        if (schema["enum"] is JsonArray words && !words.Any(word => JsonNode.DeepEquals(word, value)))
            faults.Add($"{path} is {value?.ToJsonString()}, not one of {words.ToJsonString()}");
        if (schema["const"] is { } only && !JsonNode.DeepEquals(only, value)) faults.Add($"{path} is not {only.ToJsonString()}");
        if (value is JsonObject fields) faults.AddRange(OfFields(schema, fields, path));
        if (value is JsonArray items && schema["items"] is { } each)
            faults.AddRange(items.SelectMany((item, index) => Faults(each, item, $"{path}[{index}]")));
        return faults;
    }

    static int Distance(List<string> faults, string path) =>
        faults.Count + (faults.Any(fault => fault.StartsWith($"{path}.type is", StringComparison.Ordinal)) ? OfAnotherType : 0);

    IEnumerable<string> OfFields(JsonNode schema, JsonObject fields, string path)
    {
        foreach (var name in schema["required"]?.AsArray().Select(name => (string)name!) ?? [])
            if (!fields.ContainsKey(name)) yield return $"{path}.{name} is missing";
        foreach (var (name, value) in fields)
            if ((schema["properties"]?[name] ?? schema["additionalProperties"] as JsonObject) is { } known)
                foreach (var fault in Faults(known, value, $"{path}.{name}")) yield return fault;
    }

    JsonNode Resolve(string reference) =>
        reference[2..].Split('/').Aggregate(document, (node, step) => node[step.Replace("~1", "/", StringComparison.Ordinal)]!);

    static IEnumerable<string> Types(JsonNode types) =>
        types is JsonArray several ? several.Select(type => (string)type!) : [(string)types!];

    static bool Is(string type, JsonNode? value) => value?.GetValueKind() switch
    {
        null => type == "null",
        JsonValueKind.Object => type == "object",
        JsonValueKind.Array => type == "array",
        JsonValueKind.String => type == "string",
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        _ => type == "number" || (type == "integer" && decimal.IsInteger(decimal.Parse(value.ToJsonString(), NumberStyles.Float,
            CultureInfo.InvariantCulture))),
    };

    [GeneratedRegex("^ +$", RegexOptions.Multiline)]
    private static partial Regex BlankLines();

    static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode fields => new JsonObject(fields.Children.Select(field =>
            KeyValuePair.Create(((YamlScalarNode)field.Key).Value!, Json(field.Value)))),
        YamlSequenceNode items => new JsonArray([.. items.Select(Json)]),
        YamlScalarNode { Style: not YamlDotNet.Core.ScalarStyle.Plain } text => text.Value,
        YamlScalarNode scalar => scalar.Value switch
        {
            "true" => true,
            "false" => false,
            "null" or "~" or "" or null => null,
            var word => decimal.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : word,
        },
        _ => null,
    };
}

// OpenAI's own specification of its API: what in a reply does not fit it. Knows no client.
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Majlis.tests.Support;

namespace Majlis.tests.Server.Clients;

static partial class Specification
{
    static readonly string file = Shared.Data("data", "openai-openapi", "openapi.yaml");

    static readonly Lazy<ApiSchemas> schemas = new(() => ApiSchemas.Read(Shared.Require(file)));

    // Where OpenAI's service, its clients and its own examples differ from it.
    static readonly string[] differing =
    [
        "POST /embeddings: $.data[].embedding is String, not \"array\"",
        "GET /chat/completions: $.first_id is missing",
        "GET /chat/completions: $.last_id is missing",
        "GET /files: $.first_id is missing",
        "GET /files: $.last_id is missing",
        "GET /chat/completions/{completion_id}/messages: $.data[].refusal is missing",
        "GET /chat/completions/{completion_id}/messages: $.data[].role is \"user\", not one of [\"assistant\"]",
        "GET /vector_stores: $.data[].name is missing",
        "POST /fine_tuning/jobs/{fine_tuning_job_id}/pause: $.status is \"paused\", "
            + "not one of [\"validating_files\",\"queued\",\"running\",\"succeeded\",\"failed\",\"cancelled\"]",
    ];

    public static ApiSchemas Schemas => schemas.Value;

    public static bool IsThere => File.Exists(file);

    /// <summary>The endpoint of the specification that a request calls, as <c>GET /files/{file_id}</c>; null where it has none.</summary>
    public static string? Endpoint(string method, string path)
    {
        var parts = path.Split('/')[2..];
        var template = Schemas.Document["paths"]!.AsObject().Select(known => known.Key)
            .Where(known => Fits(known.Split('/')[1..], parts))
            // A path that is written out goes before one with a name in its place.
            .MinBy(known => known.Count(letter => letter == '{'));
        return template is not null && Operation(method, template) is not null ? $"{method} {template}" : null;
    }

    /// <summary>What does not fit in a reply, or in any event of a stream, each once.</summary>
    public static IEnumerable<string> Faults(string endpoint, string said) =>
        Found(endpoint, said).Select(fault => $"{endpoint}: {Index().Replace(fault, "[]")}").Distinct().Except(differing);

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex Index();

    static IEnumerable<string> Found(string endpoint, string said)
    {
        var (method, template) = (endpoint.Split(' ')[0], endpoint.Split(' ')[1]);
        var content = Operation(method, template)!["responses"]!["200"]!["content"];
        return said.StartsWith('{')
            ? Faults(content?["application/json"], JsonNode.Parse(said))
            : said.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal))
                .SelectMany(line => Faults(content?["text/event-stream"], JsonNode.Parse(line["data: ".Length..])));
    }

    // OpenAI's service has null where its specification lets a field be absent, as its own examples have.
    static IEnumerable<string> Faults(JsonNode? media, JsonNode? value)
    {
        if (media?["schema"] is not { } schema || Schemas.Faults(schema, value, "$") is not { Count: > 0 } faults) return [];
        const string missing = " is missing";
        return Schemas.Faults(schema, WithoutNulls(value), "$").Where(fault => !fault.EndsWith(missing, StringComparison.Ordinal)
            || faults.Any(first => first == fault || first.StartsWith($"{fault[..^missing.Length]} is null", StringComparison.Ordinal)));
    }

    static JsonNode? WithoutNulls(JsonNode? value) => value switch
    {
        JsonObject fields => new JsonObject(fields.Where(field => field.Value is not null)
            .Select(field => KeyValuePair.Create(field.Key, WithoutNulls(field.Value)))),
        JsonArray items => new JsonArray([.. items.Where(item => item is not null).Select(WithoutNulls)]),
        _ => value?.DeepClone(),
    };

    static JsonNode? Operation(string method, string template) =>
        Schemas.Document["paths"]![template]![method.ToLowerInvariant()];

    static bool Fits(string[] template, string[] parts) => template.Length == parts.Length
        && template.Zip(parts).All(pair => pair.First.StartsWith('{') || pair.First == pair.Second);
}

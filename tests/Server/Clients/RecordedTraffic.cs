// What recorders wrote of one client, in either of their two formats: its requests, and the fields of replies that it was shown to need.
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Majlis.tests.Support;

namespace Majlis.tests.Server.Clients;

/// <param name="Path">As it was sent, escapes and all.</param>
/// <param name="Query">With its question mark, or empty.</param>
/// <param name="Body">JSON, parts of a form, or null.</param>
sealed record RecordedRequest(string Method, string Path, string Query, JsonNode? Body)
{
    public bool IsStream => (Body as JsonObject)?["stream"]?.ToJsonString() == "true";

    /// <summary>What is replied to: replies of one kind have the same fields.</summary>
    public string Kind => (Method == "POST" ? Path : $"{Method} {Path.Split('/')[2]}") switch
    {
        "/v1/chat/completions" => "chat",
        "/v1/completions" => "completions",
        "/v1/responses" => "responses",
        "/v1/embeddings" => "embeddings",
        "GET models" => "models",
        _ => "",
    } + (IsStream ? " stream" : "");

    /// <summary>The endpoint: the path without ids, which hold digits or escapes or end a path of models.</summary>
    public string Endpoint => $"{Method} " + string.Join('/', Path.Split('/').Select((part, index) =>
        index > 2 && (part.Any(char.IsDigit) || part.Contains('%') || Path.StartsWith("/v1/models/", StringComparison.Ordinal))
        ? "{id}" : part));

    public HttpRequestMessage Message(JsonNode? body) => new(new HttpMethod(Method), new Uri(Path + Query, UriKind.Relative))
    {
        Content = body switch
        {
            null => null,
            JsonArray parts => Form(parts),
            _ => new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
        },
    };

    static MultipartFormDataContent Form(JsonArray parts)
    {
        var form = new MultipartFormDataContent();
        foreach (var part in parts)
        {
            var content = new StringContent((string?)(part!["content"] ?? part["text"]) ?? "");
            content.Headers.ContentType = (string?)part["content_type"] is { } type ? MediaTypeHeaderValue.Parse(type) : null;
            if ((string?)part["filename"] is { } file) form.Add(content, (string)part["name"]!, file);
            else form.Add(content, (string)part["name"]!);
        }
        return form;
    }
}

static class RecordedTraffic
{
    public static JsonNode Read(string file) => JsonNode.Parse(File.ReadAllText(Shared.Golden("clients", file)))!;

    /// <summary>Every request once; retries and equal ones are one.</summary>
    public static List<RecordedRequest> Requests(JsonNode recorded) =>
        [.. Within(recorded).DistinctBy(request => (request.Method, request.Path, request.Query, request.Body?.ToJsonString()))];

    static IEnumerable<RecordedRequest> Within(JsonNode node) => node switch
    {
        JsonObject { } request when request["path"] is JsonValue path && request["method"] is JsonValue method =>
            [new((string)method!, (string)path!, Query(request["query"] as JsonObject ?? []), Body(request))],
        JsonObject fields => fields.Select(field => field.Value).OfType<JsonNode>().SelectMany(Within),
        JsonArray items => items.OfType<JsonNode>().SelectMany(Within),
        _ => [],
    };

    static JsonNode? Body(JsonObject request) => request["parts"] ?? request["body"]?["_multipart"] ?? request["body"];

    static string Query(JsonObject query) => query.Count == 0 ? ""
        : "?" + string.Join('&', query.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString($"{pair.Value}")}"));

    /// <summary>By kind of reply, the fields without which the client raises or reads something else: <c>choices.*.message</c>.</summary>
    public static ILookup<string, string> Needed(JsonNode recorded) =>
        (recorded["required"] is JsonArray sdk ? sdk.Select(OfSdk) : recorded["field_probes"]!.AsArray().Select(OfTool))
        .SelectMany(fields => fields.Where(field => !field.Contains('=')).Select(field => (Kind: KindOf(fields), field)))
        .Distinct().ToLookup(pair => pair.Kind, pair => pair.field);

    static List<string> OfSdk(JsonNode? feature) => [.. feature!["must_not_miss"]!.AsArray().Concat(feature["changes_result"]!.AsArray())
        .Select(path => ((string)path!)[2..].Replace("[0]", ".*", StringComparison.Ordinal))];

    static List<string> OfTool(JsonNode? probe) => [.. probe!["fields"]!.AsArray().Where(field => (string?)field!["effect"] != "none")
        .Select(field => (string?)(field!["removed"] ?? field["set"]) ?? "=")];

    static string KindOf(List<string> fields)
    {
        if (Has("choices.*.delta")) return "chat stream";
        if (Has("choices.*.message")) return "chat";
        if (Has("choices.*.text") || Has("choices.*.logprobs")) return "completions";
        if (Has("data.*.embedding")) return "embeddings";
        return Has("output") ? "responses" : Has("delta") || Has("item") ? "responses stream" : "another";

        bool Has(string start) => fields.Any(field => field == start || field.StartsWith(start + '.', StringComparison.Ordinal));
    }
}

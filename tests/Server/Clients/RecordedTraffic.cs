// What recorders wrote of one client, in either of their two formats: its requests, and the fields of replies that it was shown to need.
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Majlis.tests.Support;

namespace Majlis.tests.Server.Clients;

/// <param name="Path">As it was sent, escapes and all.</param>
/// <param name="Query">With its question mark, or empty.</param>
/// <param name="Body">JSON, parts of a form, or null.</param>
/// <param name="ReplyId">The id of what the recorder's reply shows; null where there is none.</param>
sealed record RecordedRequest(string Method, string Path, string Query, JsonNode? Body, string? ReplyId = null)
{
    public bool IsStream => (Body as JsonObject)?["stream"]?.ToJsonString() == "true";

    /// <summary>What is replied to: replies of one kind have the same fields.</summary>
    public string Kind => (Method == "POST" ? Path : $"{Method} {Path.Split('/').ElementAtOrDefault(2)}") switch
    {
        "/v1/chat/completions" => "chat",
        "/v1/completions" => "completions",
        "/v1/responses" => "responses",
        "/v1/embeddings" => "embeddings",
        "GET models" => "models",
        "/v1/files" => "files",
        "GET fine_tuning" when Path.EndsWith("/jobs", StringComparison.Ordinal) => "jobs",
        "GET fine_tuning" when Path.Split('/').Length == 5 => "job",
        var path when path.EndsWith("/search", StringComparison.Ordinal) => "search",
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
        JsonObject exchange when exchange["request"] is JsonObject request && IsRequest(request) =>
            [Of(request, exchange["reply"] as JsonObject), .. exchange.Where(field => field.Key is not ("request" or "reply"))
                .Select(field => field.Value).OfType<JsonNode>().SelectMany(Within)],
        JsonObject request when IsRequest(request) => [Of(request, null)],
        JsonObject fields => fields.Select(field => field.Value).OfType<JsonNode>().SelectMany(Within),
        JsonArray items => items.OfType<JsonNode>().SelectMany(Within),
        _ => [],
    };

    static bool IsRequest(JsonObject request) => request["path"] is JsonValue && request["method"] is JsonValue;

    static RecordedRequest Of(JsonObject request, JsonObject? reply) => new((string)request["method"]!, (string)request["path"]!,
        Query(request["query"] as JsonObject ?? []), Body(request), (reply?["body"] as JsonObject)?["id"]?.ToString());

    static JsonNode? Body(JsonObject request) => request["parts"] ?? request["body"]?["_multipart"] ?? request["body"];

    static string Query(JsonObject query) => query.Count == 0 ? ""
        : "?" + string.Join('&', query.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString($"{pair.Value}")}"));

    /// <summary>By kind of reply, the fields without which the client raises or reads something else: <c>choices.*.message</c>.</summary>
    public static ILookup<string, string> Needed(JsonNode recorded) =>
        (recorded["required"] is JsonArray sdk ? sdk.Select(probe => (Probe: probe, Fields: OfSdk(probe)))
            : recorded["field_probes"]!.AsArray().Select(probe => (Probe: probe, Fields: OfTool(probe))))
        .SelectMany(probed => probed.Fields.Where(field => !field.Contains('=')).Select(field => (Kind: KindOf(probed), field)))
        .Distinct().ToLookup(pair => pair.Kind, pair => pair.field);

    static List<string> OfSdk(JsonNode? feature) => [.. feature!["must_not_miss"]!.AsArray().Concat(feature["changes_result"]!.AsArray())
        .Select(path => ((string)path!)[2..].Replace("[0]", ".*", StringComparison.Ordinal))];

    static List<string> OfTool(JsonNode? probe) => [.. probe!["fields"]!.AsArray().Where(field => (string?)field!["effect"] != "none")
        .Select(field => (string?)(field!["removed"] ?? field["set"]) ?? "=")];

    static readonly (string Feature, string Kind)[] byFeature =
    [
        ("files.create", "files"), ("fine_tuning.jobs.list", "jobs"), ("fine_tuning.jobs.retrieve", "job"),
        ("vector_stores.search", "search"),
    ];

    static string KindOf((JsonNode? Probe, List<string> Fields) probed)
    {
        var (feature, fields) = ((string?)probed.Probe!["feature"] ?? "", probed.Fields);
        if (byFeature.FirstOrDefault(known => feature.StartsWith(known.Feature, StringComparison.Ordinal)).Kind is { } kind) return kind;
        if (Has("choices.*.delta")) return "chat stream";
        if (Has("choices.*.message")) return "chat";
        if (Has("choices.*.text") || Has("choices.*.logprobs")) return "completions";
        if (Has("data.*.embedding")) return "embeddings";
        return Has("output") ? "responses" : Has("delta") || Has("item") ? "responses stream" : "another";

        bool Has(string start) => fields.Any(field => field == start || field.StartsWith(start + '.', StringComparison.Ordinal));
    }
}

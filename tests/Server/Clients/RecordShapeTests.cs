// The official .NET client's recorded sessions with OpenAI: to the same request, a reply of ours holds every field that OpenAI's held, with
// the same JSON type; and each reply fits OpenAI's own specification.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Clients;

public sealed class RecordShapeTests(ReplayServer shared) : IClassFixture<ReplayServer>
{
    // What only OpenAI's own business has: who is billed, its hosted tools, and names of its models' manners.
    static readonly string[] theirs = ["billing", "tool_usage", "reasoning.context", "output.phase", "instructions.type"];

    static readonly Lazy<ApiSchemas> specification =
        new(() => ApiSchemas.Read(Shared.Require(Shared.Data("data", "openai-openapi", "openapi.yaml"))));

    static readonly Dictionary<string, string> schemas = new()
    {
        ["/v1/chat/completions"] = "CreateChatCompletionResponse",
        ["/v1/responses"] = "Response",
        ["/v1/models"] = "ListModelsResponse",
    };

    readonly RunningServer server = shared.Running;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Records
    {
        get
        {
            var folder = Shared.Data("data", "openai-dotnet-records");
            return Directory.Exists(folder) ? [.. new[] { "Chat*", "Responses*", "ResponseStore*", "Models*" }
                .SelectMany(pattern => Directory.EnumerateDirectories(folder, pattern)).Distinct().Order()
                .Select(found => Path.GetFileName(found)!)] : ["absent"];
        }
    }

    [Theory, MemberData(nameof(Records))]
    public async Task Replies_hold_every_field_of_OpenAIs_and_fit_its_specification(string folder)
    {
        var path = Shared.Require(Shared.Data("data", "openai-dotnet-records", folder));
        var (faults, compared, refused) = (new List<string>(), 0, 0);
        foreach (var file in Directory.EnumerateFiles(path, "*.json").Where(file => !file.EndsWith("Async.json", StringComparison.Ordinal)))
        {
            foreach (var entry in JsonNode.Parse(await File.ReadAllTextAsync(file, Stop))!["Entries"]!.AsArray())
            {
                if (Asked(entry!) is not { } asked || entry!["ResponseBody"] is not JsonObject theirReply) continue;
                using var reply = await SendAsync(asked.Path, asked.Body);
                var said = JsonNode.Parse(await reply.Content.ReadAsStringAsync(Stop))!;
                if (!reply.IsSuccessStatusCode)
                {
                    refused++;
                    Assert.True(IsByName(said), $"{file}: {said.ToJsonString()}");
                    continue;
                }
                compared++;
                // Where OpenAI's own reply does not fit its specification, ours need not either.
                var unfit = specification.Value.Faults(schemas[asked.Path], said)
                    .Except(specification.Value.Faults(schemas[asked.Path], theirReply));
                faults.AddRange(Compare(theirReply, said, "").Concat(unfit).Select(fault => $"{Path.GetFileName(file)} {fault}"));
            }
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{folder}: {compared} replies compared, {refused} requests refused by name");
        Assert.Empty(faults.Distinct().Take(20));
    }

    [Theory]
    [InlineData("/v1/chat/completions", "CreateChatCompletionStreamResponse")]
    [InlineData("/v1/responses", "ResponseStreamEvent")]
    public async Task Events_fit_the_specification(string path, string schema)
    {
        var names = specification.Value;
        var body = JsonNode.Parse("""{"model":"current","temperature":0,"stream":true}""")!.AsObject();
        body[path.EndsWith('s') && path.Contains("chat", StringComparison.Ordinal) ? "messages" : "input"] =
            JsonNode.Parse("""[{"role":"user","content":"hello"}]""");
        using var reply = await SendAsync(path, body);
        var lines = (await reply.Content.ReadAsStringAsync(Stop)).Split('\n');
        Assert.All(lines.Where(line => line.StartsWith("data: {", StringComparison.Ordinal)),
            // OpenAI's service has these as null, which its specification does not.
            line => Assert.Empty(names.Faults(schema, JsonNode.Parse(line["data: ".Length..]))
                .Except(["$.response.user is null, not \"string\"", "$.response.usage is null, not \"object\""])));
    }

    /// <summary>The path and our body of a request that is replied to whole; null for all others.</summary>
    static (string Path, JsonNode? Body)? Asked(JsonNode entry)
    {
        var path = new Uri((string)entry["RequestUri"]!).AbsolutePath;
        if (!schemas.ContainsKey(path) || (int)entry["StatusCode"]! != 200) return null;
        if ((string?)entry["RequestMethod"] == "GET") return path == "/v1/models" ? (path, null) : null;
        if (entry["RequestBody"]?.DeepClone() is not JsonObject body || (bool?)body["stream"] == true) return null;
        body["model"] = "current";
        // A network that is held to a schema would write a string without end.
        if (body.ContainsKey("response_format") || (body["tool_choice"] is not null && path != "/v1/responses")) body["max_tokens"] = 48;
        if (path == "/v1/responses") body["max_output_tokens"] ??= 300;
        body.Remove("max_completion_tokens");
        body.Remove("previous_response_id");
        if (body["input"] is JsonArray items && items.Any(item => (string?)item!["type"] == "function_call_output")) return null;
        return (path, Callable(body));
    }

    // The network calls a tool of this name, so it calls the first that is offered.
    static JsonNode Callable(JsonObject body)
    {
        if (body["tools"] is not JsonArray { Count: > 0 } tools) return body;
        var name = (string?)(tools[0]!["name"] ?? tools[0]!["function"]?["name"]) ?? "get_weather";
        return JsonNode.Parse(body.ToJsonString().Replace($"\"{name}\"", "\"get_weather\"", StringComparison.Ordinal))!;
    }

    static bool IsByName(JsonNode said) => (string?)said["error"]!["code"] == "unsupported_parameter"
        || ((string?)said["error"]!["param"])?.Contains(".content[", StringComparison.Ordinal) == true;

    Task<HttpResponseMessage> SendAsync(string path, JsonNode? body) => body is null
        ? server.Http.GetAsync(new Uri(path, UriKind.Relative), Stop) : server.PostAsync(path, body.ToJsonString());

    /// <summary>Fields of theirs that ours lacks or has with another type. Items of lists are compared by their type.</summary>
    static IEnumerable<string> Compare(JsonNode? their, JsonNode? our, string path)
    {
        if (theirs.Contains(path.TrimStart('.'))) yield break;
        if (their is JsonObject fields && our is JsonObject ours)
        {
            foreach (var (name, value) in fields)
                if (theirs.Contains($"{path}.{name}".TrimStart('.')) || path.EndsWith(".metadata", StringComparison.Ordinal)
                    || IsChoice(name, ours)) continue;
                else if (!ours.ContainsKey(name)) yield return $"{path}.{name} is missing";
                else
                    foreach (var fault in Compare(value, ours[name], $"{path}.{name}")) yield return fault;
        }
        else if (their is JsonArray items && our is JsonArray found)
            foreach (var item in items)
            {
                var alike = found.FirstOrDefault(each => Type(each) == Type(item));
                if (alike is not null)
                    foreach (var fault in Compare(item, alike, path)) yield return fault;
            }
        else if (their is not null && our is not null && Kind(their) != Kind(our))
            yield return $"{path} is {Kind(our)}, not {Kind(their)}";
    }

    // Whether a tool is called is the model's choice.
    static bool IsChoice(string name, JsonObject ours) => name == "tool_calls" && !ours.ContainsKey(name);

    static string? Type(JsonNode? item) => (item as JsonObject)?["type"]?.ToString();

    static JsonValueKind Kind(JsonNode node) => node.GetValueKind() == JsonValueKind.False ? JsonValueKind.True : node.GetValueKind();
}

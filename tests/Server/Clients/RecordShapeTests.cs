// The official .NET client's recorded sessions with OpenAI: to the same request, a reply of ours holds every field that OpenAI's held, with
// the same JSON type, as do the events of streams; and each reply fits OpenAI's own specification.
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Clients;

public sealed class RecordShapeTests(ReplayServer shared) : IClassFixture<ReplayServer>
{
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
                if (Asked(entry!) is not { } asked || entry!["ResponseBody"] is not (JsonObject or JsonArray)) continue;
                using var reply = await SendAsync(asked.Path, asked.Body);
                var said = await reply.Content.ReadAsStringAsync(Stop);
                if (!reply.IsSuccessStatusCode)
                {
                    refused++;
                    Assert.True(IsByName(JsonNode.Parse(said)!), $"{file}: {said}");
                    continue;
                }
                compared++;
                var found = entry["ResponseBody"] is JsonArray stream ? ReplyShapes.OfEvents(stream, said)
                    : OfWhole(asked.Path, entry["ResponseBody"]!, JsonNode.Parse(said)!);
                faults.AddRange(found.Select(fault => $"{Path.GetFileName(file)} {fault}"));
            }
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{folder}: {compared} replies compared, {refused} requests refused by name");
        Assert.True(faults.Count == 0, string.Join('\n', faults.Distinct().Take(20)));
    }

    // Where OpenAI's own reply does not fit its specification, ours need not either.
    static IEnumerable<string> OfWhole(string path, JsonNode their, JsonNode our) => ReplyShapes.Compare(their, our, "")
        .Concat(Specification.Schemas.Faults(schemas[path], our).Except(Specification.Schemas.Faults(schemas[path], their)));

    [Theory]
    [InlineData("/v1/chat/completions", "CreateChatCompletionStreamResponse")]
    [InlineData("/v1/responses", "ResponseStreamEvent")]
    public async Task Events_fit_the_specification(string path, string schema)
    {
        var names = Specification.Schemas;
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

    /// <summary>The path and our body of a request; null for those that are not compared.</summary>
    static (string Path, JsonNode? Body)? Asked(JsonNode entry)
    {
        var path = new Uri((string)entry["RequestUri"]!).AbsolutePath;
        if (!schemas.ContainsKey(path) || (int)entry["StatusCode"]! != 200) return null;
        if ((string?)entry["RequestMethod"] == "GET") return path == "/v1/models" ? (path, null) : null;
        if (entry["RequestBody"]?.DeepClone() is not JsonObject body) return null;
        body["model"] = "current";
        // OpenAI pads events by default, this server where it is asked to.
        if ((bool?)body["stream"] == true) (body["stream_options"] ??= new JsonObject()).AsObject()["include_obfuscation"] = true;
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
}

// Every recorded request of every client, sent to a running server: accepted with the fields that its client needs, or refused as OpenAI
// refuses it, or refused by the name of what cannot be done here; every reply fits OpenAI's specification. Prints one line a client, and
// names endpoints that are not there.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Server.Models;
using Majlis.tests.Server.Embeddings;
using Majlis.tests.Server.Tools;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Clients;

/// <summary>Calls tools where it is offered some, keeps what it is asked to keep, makes vectors, and trains a tiny model.</summary>
public sealed class ReplayServer : IAsyncLifetime
{
    readonly TemporaryFolder folder = new();

    internal RunningServer Running { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        // Jobs train what lies there; the network that answers recites.
        var (model, encoder) = (folder.File("tiny"), folder.File("encoder"));
        TinyStarter.Write(Directory.CreateDirectory(model).FullName);
        TinyEncoder.Write(Directory.CreateDirectory(encoder).FullName);
        var network = new RecitingNetwork(ToolServer.Written) { OnceToolsAnswered = ToolServer.Told };
        Running = await RunningServer.StartAsync(TinyModel.Of(network, template: ToolServer.Template),
            options => options with { Redis = null, Model = model },
            encoders: new(ModelOpener.Of(new()).OpenSentences(encoder, EmbeddingServer.Name)));
    }

    public async ValueTask DisposeAsync()
    {
        await Running.DisposeAsync();
        folder.Dispose();
    }
}

public sealed class ReplayTests(ReplayServer shared) : IClassFixture<ReplayServer>
{
    readonly RunningServer server = shared.Running;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Clients => Directory.Exists(Shared.Golden("clients"))
        ? [.. Directory.EnumerateFiles(Shared.Golden("clients"), "*.json").Select(file => Path.GetFileName(file)!).Order()] : ["absent"];

    [Theory, MemberData(nameof(Clients))]
    public async Task A_clients_requests_are_answered_with_what_it_needs_or_refused_as_they_should(string file)
    {
        Shared.Require(Shared.Golden("clients", file));
        var recorded = RecordedTraffic.Read(file);
        var (requests, needed) = (RecordedTraffic.Requests(recorded), RecordedTraffic.Needed(recorded));
        var count = new Dictionary<string, int>();
        var (faults, missing, absent, unfit) = (new List<string>(), new List<string>(), new SortedSet<string>(), new SortedSet<string>());
        var objects = new ReplayObjects(server);
        foreach (var recordedRequest in requests)
        {
            var request = await objects.OwnAsync(recordedRequest with { Body = Own(recordedRequest) });
            var body = request.Body;
            using var message = request.Message(body);
            using var reply = await server.Http.SendAsync(message, Stop);
            var said = await reply.Content.ReadAsStringAsync(Stop);
            var verdict = Verdict(reply.StatusCode, said);
            count[verdict] = count.GetValueOrDefault(verdict) + 1;
            if (verdict is "absent" or "unknown id") absent.Add(request.Endpoint);
            if (verdict == "fault") faults.Add($"{request.Endpoint} {body?.ToJsonString()}: {(int)reply.StatusCode} {said}");
            if (verdict == "accepted" && said.StartsWith('{')) objects.Learn(request, request.ReplyId, JsonNode.Parse(said)!.AsObject());
            if (verdict == "accepted" && Specification.IsThere && Specification.Endpoint(request.Method, request.Path) is { } endpoint)
                unfit.UnionWith(Specification.Faults(endpoint, said));
            if (verdict == "accepted")
                missing.AddRange(needed[request.Kind].Where(field => !ReplyFields.Hold(request, said, field))
                    .Select(field => $"{request.Endpoint}: {field} in {said}"));
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{file}: {requests.Count} requests; "
            + string.Join(", ", count.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} {pair.Key}"))
            + $"; {missing.Count} fields missing" + (absent.Count == 0 ? "" : $"; not there: {string.Join(", ", absent)}"));
        Assert.Empty(faults);
        Assert.Empty(missing);
        Assert.True(unfit.Count == 0, string.Join('\n', unfit));
    }

    [Fact]
    public async Task Every_other_endpoint_of_the_specification_fits_it_too()
    {
        Shared.Require(Shared.Golden("clients"));
        RecordedRequest[] others =
        [
            new("POST", "/v1/responses/input_tokens", "", JsonNode.Parse("""{"model":"current","input":"hello"}""")),
            new("POST", "/v1/uploads/upload_1/cancel", "", null),
            new("POST", "/v1/vector_stores/vs_1/file_batches/vsfb_1/cancel", "", null),
        ];
        var called = Clients.SelectMany(file => RecordedTraffic.Requests(RecordedTraffic.Read(file.Data)))
            .Select(request => Specification.Endpoint(request.Method, request.Path)).ToHashSet();
        foreach (var other in others)
        {
            var own = await new ReplayObjects(server).OwnAsync(other);
            using var message = own.Message(own.Body);
            using var reply = await server.Http.SendAsync(message, Stop);
            var said = await reply.Content.ReadAsStringAsync(Stop);
            Assert.True(reply.IsSuccessStatusCode, said);
            called.Add(Specification.Endpoint(own.Method, own.Path));
            Assert.Empty(Specification.Faults(Specification.Endpoint(own.Method, own.Path)!, said));
        }
        var paths = (await server.GetAsync("/openapi.json"))["paths"]!.AsObject();
        var served = paths.Where(path => path.Key.StartsWith("/v1/", StringComparison.Ordinal)).SelectMany(path => path.Value!.AsObject()
            .Select(operation => Specification.Endpoint(operation.Key.ToUpperInvariant(), path.Key)));
        Assert.Equal("", string.Join(", ", served.Except(called)));
    }

    // Model names, token ids and sizes are those of the recorded models; this network would write a string without end.
    static JsonNode? Own(RecordedRequest request)
    {
        var own = request.Body?.DeepClone();
        if (own is not JsonObject body) return own;
        if (body.ContainsKey("model")) body["model"] = request.Path == "/v1/embeddings" ? EmbeddingServer.Name : "current";
        if (body["logit_bias"] is JsonObject) body["logit_bias"] = new JsonObject { ["65"] = -100 };
        if (body["prompt"] is { } prompt) OwnTokens(prompt);
        if (body.ContainsKey("response_format") || body.ContainsKey("tool_choice"))
            (body["max_tokens"], body["max_completion_tokens"]) = (48, 48);
        if (body.ContainsKey("text") || (request.Kind.StartsWith("responses", StringComparison.Ordinal) && body.ContainsKey("tool_choice")))
            (body["max_output_tokens"], _) = (48, body.Remove("max_tokens") && body.Remove("max_completion_tokens"));
        return body;
    }

    static void OwnTokens(JsonNode prompt)
    {
        if (prompt is not JsonArray items) return;
        for (var i = 0; i < items.Count; i++)
            if (items[i] is JsonValue value && value.TryGetValue<int>(out var id)) items[i] = id % 256;
            else OwnTokens(items[i]!);
    }

    static string Verdict(HttpStatusCode status, string said)
    {
        if ((int)status < 300) return "accepted";
        var error = JsonNode.Parse(said)!["error"]!;
        var (code, param) = ((string?)error["code"], (string?)error["param"] ?? "");
        return (status, code) switch
        {
            (HttpStatusCode.NotFound, "unknown_url") or (HttpStatusCode.MethodNotAllowed, _) => "absent",
            // The object is the recorder's.
            (HttpStatusCode.NotFound, _) => "unknown id",
            (HttpStatusCode.BadRequest, "unsupported_parameter") => "cannot, by name",
            (HttpStatusCode.BadRequest, _) when param.Contains(".content[", StringComparison.Ordinal) => "cannot, by name",
            _ => "fault",
        };
    }
}

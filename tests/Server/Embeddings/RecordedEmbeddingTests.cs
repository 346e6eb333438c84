// Requests for vectors as real clients sent them, replayed from goldens/clients: each is answered with what that client reads.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Embeddings;

public sealed class RecordedEmbeddingTests(EmbeddingServer shared) : IClassFixture<EmbeddingServer>
{
    public static TheoryData<string> Clients => RecordedClientTests.Clients;

    [Theory, MemberData(nameof(Clients))]
    public async Task Recorded_requests_for_vectors_are_answered(string file)
    {
        Shared.Require(Shared.Golden("clients", file));
        var recorded = JsonNode.Parse(await File.ReadAllTextAsync(Shared.Golden("clients", file), TestContext.Current.CancellationToken))!;
        foreach (var body in RecordedClientTests.Requests(recorded, "/v1/embeddings", "input").DistinctBy(body => body.ToJsonString()))
        {
            body["model"] = EmbeddingServer.Name;
            var http = await shared.Running.PostAsync("/v1/embeddings", body.ToJsonString());
            Assert.True(http.IsSuccessStatusCode, await http.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            var reply = await RunningServer.JsonAsync(http);
            // A list of numbers is one text.
            var count = body["input"] is JsonArray inputs && inputs[0]!.GetValueKind() != JsonValueKind.Number ? inputs.Count : 1;
            Assert.Equal(Enumerable.Range(0, count), reply["data"]!.AsArray().Select(item => (int)item!["index"]!));
            var isBase64 = (string?)body["encoding_format"] == "base64";
            Assert.All(reply["data"]!.AsArray(), item => Assert.Equal(isBase64, item!["embedding"] is JsonValue));
            var size = (int?)body["dimensions"] ?? TinyEncoder.Size;
            Assert.All(EmbeddingServer.Vectors(reply), vector => Assert.Equal(size, vector.Length));
            Assert.True((int)reply["usage"]!["prompt_tokens"]! > 0);
        }
    }
}

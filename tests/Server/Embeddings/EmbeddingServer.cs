// A server with a tiny encoder beside its chat model, shared by all tests of a class.
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Majlis.Inference.Sentences;
using Majlis.Server.Models;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Embeddings;

public sealed class EmbeddingServer : IAsyncLifetime
{
    public const string Name = "org/tiny-encoder";

    readonly string folder = Directory.CreateTempSubdirectory("majlis-encoder-").FullName;

    internal RunningServer Running { get; private set; } = null!;

    /// <summary>The same encoder, opened a second time: what the server's vectors must be.</summary>
    internal SentenceEncoder Oracle { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        TinyEncoder.Write(folder);
        Oracle = new SentenceEncoder(ModelOpener.Of(new()).OpenSentences(folder, Name));
        Running = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("Hello.")),
            encoders: new(ModelOpener.Of(new()).OpenSentences(folder, Name)));
    }

    /// <summary>The vector of a text, by the plain way.</summary>
    internal async Task<float[]> ExpectedAsync(string text)
    {
        var tokens = Oracle.Model.Tokenizer!.Encode(text, addSpecialTokens: true);
        return (await Oracle.EncodeAsync([tokens], 0, cancellation: TestContext.Current.CancellationToken))[0];
    }

    internal async Task<JsonObject> EmbedAsync(JsonNode input, JsonObject? fields = null)
    {
        var http = await PostAsync(input, fields);
        Assert.True(http.StatusCode == HttpStatusCode.OK, await http.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await RunningServer.JsonAsync(http);
    }

    internal Task<HttpResponseMessage> PostAsync(JsonNode? input, JsonObject? fields = null)
    {
        var body = new JsonObject { ["model"] = Name, ["input"] = input };
        foreach (var (name, value) in fields ?? []) body[name] = value?.DeepClone();
        return Running.PostAsync("/v1/embeddings", body.ToJsonString());
    }

    internal static float[][] Vectors(JsonObject reply) => [.. reply["data"]!.AsArray()
        .Select(item => item!["embedding"] is JsonArray numbers
        ? [.. numbers.Select(number => (float)number!)]
        : MemoryMarshal.Cast<byte, float>(Convert.FromBase64String((string)item["embedding"]!)).ToArray())];

    public async ValueTask DisposeAsync()
    {
        await Running.DisposeAsync();
        await Oracle.DisposeAsync();
        TemporaryFolder.Remove(folder);
    }
}

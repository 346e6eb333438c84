// Other people's clients ask for vectors: OpenAI's .NET client (base64), Semantic Kernel, Microsoft.Extensions.AI.
using System.ClientModel;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using OpenAI;
using OpenAI.Embeddings;
using Xunit;

namespace Majlis.tests.Server.Embeddings;

public sealed class EmbeddingClientTests(EmbeddingServer shared) : IClassFixture<EmbeddingServer>
{
    EmbeddingClient Client => new OpenAIClient(new ApiKeyCredential("any"),
        new OpenAIClientOptions { Endpoint = new Uri(shared.Running.Address, "v1") }).GetEmbeddingClient(EmbeddingServer.Name);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_official_client_reads_vectors_and_usage()
    {
        var found = (await Client.GenerateEmbeddingsAsync(["hello", "world"], cancellationToken: Stop)).Value;
        Assert.Equal(2, found.Count);
        Assert.True(found.Usage.InputTokenCount > 0);
        Assert.Equal(await shared.ExpectedAsync("world"), found[1].ToFloats().ToArray(), Near);
        var small = (await Client.GenerateEmbeddingAsync("hello", new() { Dimensions = 4 }, Stop)).Value;
        Assert.Equal(4, small.ToFloats().Length);
    }

    [Fact]
    public async Task The_official_client_raises_an_unknown_model()
    {
        var client = new OpenAIClient(new ApiKeyCredential("any"),
            new OpenAIClientOptions { Endpoint = new Uri(shared.Running.Address, "v1") }).GetEmbeddingClient("nobody");
        Assert.Equal(404, (await Assert.ThrowsAsync<ClientResultException>(() => client.GenerateEmbeddingAsync("a", null, Stop))).Status);
    }

    [Fact]
    public async Task Microsoft_Extensions_AI_reads_vectors()
    {
        using var generator = Client.AsIEmbeddingGenerator();
        var found = await generator.GenerateAsync(["hello"], cancellationToken: Stop);
        Assert.Equal(await shared.ExpectedAsync("hello"), found[0].Vector.ToArray(), Near);
        Assert.Equal(EmbeddingServer.Name, found[0].ModelId);
    }

    [Fact]
    [Experimental("SKEXP0010")]
    public async Task Semantic_Kernels_generator_reads_vectors()
    {
        var client = new OpenAIClient(new ApiKeyCredential("any"),
            new OpenAIClientOptions { Endpoint = new Uri(shared.Running.Address, "v1") });
        var kernel = Kernel.CreateBuilder().AddOpenAIEmbeddingGenerator(EmbeddingServer.Name, client).Build();
        var generator = kernel.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        var found = await generator.GenerateAsync(["hello", "world"], cancellationToken: Stop);
        Assert.Equal(await shared.ExpectedAsync("world"), found[1].Vector.ToArray(), Near);
    }

    static bool Near(float left, float right) => Math.Abs(left - right) < 1e-5f;
}

// A server with a tiny embedding model and a tiny cross-encoder beside its chat model, shared by all tests of a class.
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Server.Models;
using Majlis.tests.Support;
using Majlis.tests.Torch;
using Majlis.Torch;
using Xunit;
using static TorchSharp.torch;

namespace Majlis.tests.Server.Rerank;

public sealed class RerankServer : IAsyncLifetime
{
    public const string Cross = "tiny-cross", Vectors = "tiny-encoder";

    readonly string folder = Directory.CreateTempSubdirectory("majlis-rerank-").FullName;

    internal RunningServer Running { get; private set; } = null!;

    string CrossFolder => Path.Combine(folder, Cross);

    public async ValueTask InitializeAsync()
    {
        TinyEncoder.WriteCross(CrossFolder);
        var vectors = TinyEncoder.Write(Path.Combine(folder, Vectors));
        Running = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("Hello.")),
            encoders: new(ModelOpener.Of(new()).OpenSentences(vectors, Vectors), ModelOpener.Of(new()).OpenReranker(CrossFolder, Cross)));
    }

    /// <summary>The cross-encoder's score of a pair by the plain network, between 0 and 1.</summary>
    internal double Score(string query, string document)
    {
        using var checkpoint = Checkpoint.Open(CrossFolder);
        using var plain = new Transformer(checkpoint.Blueprint, checkpoint.Weights);
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        int[] first = checkpoint.Tokenizer!.Encode(query, false), second = checkpoint.Tokenizer.Encode(document, false);
        int[] ids = [2, .. first, 3, .. second, 3];
        int[] types = [.. new int[first.Length + 2], .. Enumerable.Repeat(1, second.Length + 1)];
        return 1 / (1 + Math.Exp(-plain.Scores(ArchitectureCase.Ids(ids), null, ArchitectureCase.Ids(types)).Number()));
    }

    public async ValueTask DisposeAsync()
    {
        await Running.DisposeAsync();
        TemporaryFolder.Remove(folder);
    }
}

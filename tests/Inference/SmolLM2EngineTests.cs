// The engine over the real network and a real model, all golden prompts at once in fp32: in any batch and any chunks, the greedy tokens and
// their log-probabilities equal those of the reference, which computed one prompt at a time.
using System.Text.Json;
using Majlis.Inference;
using Majlis.Model;
using Majlis.tests.Support;
using Majlis.Torch;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class SmolLM2EngineTests(SmolLM2Answers answers) : IClassFixture<SmolLM2Answers>
{
    const double Tolerance = 2e-4;

    public static TheoryData<string> Cases => SmolLM2Answers.Golden is { } golden ? new(golden.Keys) : new("absent");

    [Theory, MemberData(nameof(Cases)), Trait("Golden", "SmolLM2")]
    public void Batched_greedy_text_is_that_of_the_reference(string name)
    {
        Shared.Require(Shared.Golden("smollm2", "prompts.json"));
        Shared.Require(Shared.SmolLM2);
        var expected = SmolLM2Answers.Golden![name].GetProperty("greedy");
        var actual = answers.Greedy[name];
        List<GeneratedToken> tokens = [.. actual.SelectMany(piece => piece.Tokens)];
        Assert.Equal(expected.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()), tokens.Select(token => token.Id));
        Assert.Equal(expected.GetProperty("text").GetString(), string.Concat(actual.Select(piece => piece.Text)));
        Assert.Equal(expected.GetProperty("finish").GetString(), actual[^1].Finish == FinishReason.Stop ? "stop" : "length");
        var worst = expected.GetProperty("logprobs").EnumerateArray()
            .Zip(tokens, (reference, token) => Math.Abs(reference.GetDouble() - token.LogProbability)).Max();
        GoldenReport.Line("SmolLM2", $"batched greedy {name}", worst, Tolerance);
        Assert.InRange(worst, 0, Tolerance);
    }

    [Fact]
    public void What_the_device_draws_is_what_the_sampler_draws()
    {
        Shared.Require(Shared.Golden("smollm2", "prompts.json"));
        Shared.Require(Shared.SmolLM2);
        Assert.NotEmpty(answers.Drawn);
        Assert.All(answers.Drawn, pair => Assert.Equal(pair.Here, pair.OnDevice));
    }
}

/// <summary>One engine that gets all prompts at once. Does nothing where the model is absent.</summary>
public sealed class SmolLM2Answers : IAsyncLifetime
{
    static readonly SamplingOptions[] samplings =
    [
        new() { Seed = 1 }, new() { Seed = 2, TopP = 0.9f }, new() { Seed = 3, TopK = 20, Temperature = 1.5f },
        new() { Seed = 4, MinP = 0.02f, TopP = 0.8f, Temperature = 0.7f },
    ];

    public static Dictionary<string, JsonElement>? Golden { get; } = ReadGolden();

    internal Dictionary<string, GeneratedPiece[]> Greedy { get; } = [];

    internal List<(int[] OnDevice, int[] Here)> Drawn { get; } = [];

    public async ValueTask InitializeAsync()
    {
        if (Golden is null || !File.Exists(Shared.SmolLM2)) return;
        using var checkpoint = Checkpoint.Open(Shared.SmolLM2);
        using var live = new LiveModel();
        var network = new TorchNetwork(checkpoint.Blueprint, checkpoint.Weights, new() { DType = ComputeType.Float32 });
        var options = new EngineOptions { MaxSequences = 12, MaxBatchTokens = 200 };
        live.Swap(new(network, maxContext: 2048, options)
        {
            Version = "smollm2",
            WeightsHash = "smollm2",
            Tokenizer = checkpoint.Tokenizer!,
            Defaults = checkpoint.Generation,
        });
        await using var engine = new Engine(live, options, TimeProvider.System);
        using var lease = live.Lease()!;
        var greedy = Golden.Select(async pair =>
            (pair.Key, Pieces: await PiecesAsync(engine, lease, Request(pair.Value, SamplingOptions.Greedy, 64)))).ToList();
        var drawn = samplings.Select(async sampling =>
        {
            var request = Request(Golden.Values.First(), sampling, 24);
            GenerationRequest[] both = [request, request with { TopLogProbs = 1 }];
            var pair = await Task.WhenAll(both.Select(one => PiecesAsync(engine, lease, one)));
            return (OnDevice: Ids(pair[0]), Here: Ids(pair[1]));
        }).ToList();
        foreach (var (name, pieces) in await Task.WhenAll(greedy)) Greedy[name] = pieces;
        Drawn.AddRange(await Task.WhenAll(drawn));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    static GenerationRequest Request(JsonElement entry, SamplingOptions sampling, int maxTokens) =>
        new([.. entry.GetProperty("prompt_ids").EnumerateArray().Select(id => id.GetInt32())], sampling, maxTokens);

    static async Task<GeneratedPiece[]> PiecesAsync(Engine engine, ModelLease lease, GenerationRequest request)
    {
        List<GeneratedPiece> pieces = [];
        await foreach (var piece in engine.GenerateAsync(lease, request)) pieces.Add(piece);
        return [.. pieces];
    }

    static int[] Ids(GeneratedPiece[] pieces) => [.. pieces.SelectMany(piece => piece.Tokens).Select(token => token.Id)];

    static Dictionary<string, JsonElement>? ReadGolden()
    {
        var path = Shared.Golden("smollm2", "prompts.json");
        return !File.Exists(path) ? null : JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("cases").EnumerateArray()
            .ToDictionary(entry => entry.GetProperty("name").GetString()!);
    }
}

// Rotations that depend on a sequence's length: an answer that grows beyond the trained length, alone or pre-empted there, is the one that
// transformers writes. With longrope every token is turned by the table of the whole length (the plain transformer's); with dynamic NTK
// cached keys keep the base they were computed with.
using System.Text.Json.Nodes;
using Majlis.Inference;
using Majlis.Model;
using Majlis.tests.Inference;
using Majlis.tests.Support;
using Majlis.Torch;
using Xunit;
using static Majlis.tests.Torch.PagedEqualsPlainTests;

namespace Majlis.tests.Torch;

public sealed class RotationOverLengthTests
{
    const int Trained = 24, Answer = 30;

    static readonly int[][] prompts = [[.. Enumerable.Range(3, 10)], [.. Enumerable.Range(20, 17)], [.. Enumerable.Range(40, 24)],
        [.. Enumerable.Range(60, 30)]];

    [Theory]
    [InlineData(400, false)]
    [InlineData(24, false)] // blocks for fewer than two whole answers: they pre-empt each other
    [InlineData(400, true)]
    [InlineData(24, true)]
    public async Task Longrope_turns_all_tokens_anew_beyond_the_trained_length(int blocks, bool deterministic)
    {
        var blueprint = TinyModel.Blueprint("phi3", ("original_max_position_embeddings", Trained), ("rope_scaling",
            JsonNode.Parse("""{"type": "longrope", "short_factor": [1, 1.1, 1.2, 1.3], "long_factor": [1, 3, 9, 27]}""")));
        using var weights = TinyModel.Weights(blueprint, 3);
        using var plain = new Transformer(blueprint, weights);
        var expected = prompts.Select(prompt => Greedy(plain, prompt)).ToArray();
        Assert.Equal(expected, await AnswersAsync(blueprint, weights, blocks, deterministic, prompts));
    }

    /// <summary>A longer prompt must not find the keys of the time before the crossing, nor a shorter one those after it.</summary>
    [Fact]
    public async Task Longrope_shares_no_keys_across_the_trained_length()
    {
        var blueprint = TinyModel.Blueprint("phi3", ("original_max_position_embeddings", Trained), ("rope_scaling",
            JsonNode.Parse("""{"type": "longrope", "short_factor": [1, 1.1, 1.2, 1.3], "long_factor": [1, 3, 9, 27]}""")));
        using var weights = TinyModel.Weights(blueprint, 3);
        using var plain = new Transformer(blueprint, weights);
        int[] first = prompts[0], answer = Greedy(plain, first), again = [.. first, .. answer];
        Assert.Equal([answer, Greedy(plain, again), answer], await AnswersInTurnAsync(blueprint, weights, first, again, first));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dynamic_writes_the_same_when_pre_empted(bool deterministic)
    {
        var blueprint = TinyModel.Blueprint("llama", ("max_position_embeddings", Trained), ("rope_scaling",
            JsonNode.Parse("""{"type": "dynamic", "factor": 4.0}""")));
        using var weights = TinyModel.Weights(blueprint, 3);
        var alone = new List<int[]>();
        foreach (var prompt in prompts) alone.AddRange(await AnswersAsync(blueprint, weights, 400, deterministic, prompt));
        Assert.Equal(alone, await AnswersAsync(blueprint, weights, 24, deterministic, prompts));
        using var network = new TorchNetwork(blueprint, weights, new TorchOptions { DType = ComputeType.Float32 });
        Assert.Equal(prompts.Select(prompt => Cached(network, prompt)), alone);
    }

    /// <summary>The whole text through the plain transformer for every token.</summary>
    static int[] Greedy(Transformer plain, int[] prompt)
    {
        List<int> text = [.. prompt];
        while (text.Count < prompt.Length + Answer) text.Add(Best(All(plain, [.. text])[^1]));
        return [.. text[prompt.Length..]];
    }

    /// <summary>The prompt at once, then token by token; nothing is ever computed twice.</summary>
    static int[] Cached(TorchNetwork network, int[] prompt)
    {
        var (paged, output, row) = (new Paged(network), new List<int>(), new float[network.Blueprint.VocabularySize]);
        var text = paged.Begin();
        for (var next = prompt; output.Count < Answer; next = [output[^1]])
        {
            using var result = paged.Step(LogitRows.Last, (text, next));
            result.ReadLogits(0, row);
            output.Add(Best(row));
        }
        return [.. output];
    }

    static int Best(float[] logits) => Array.IndexOf(logits, logits.Max());

    static async Task<int[][]> AnswersAsync(Blueprint blueprint, IWeightSource weights, int blocks, bool deterministic,
        params int[][] prompts)
    {
        var (network, live, engine) = Begin(blueprint, weights, blocks);
        using var model = live;
        await using var running = engine;
        network.Hold();
        var asked = prompts.Select(prompt => AnswerAsync(live, engine, prompt, deterministic)).ToList();
        network.LetGo();
        var answers = await Task.WhenAll(asked);
        if (blocks < 100) Assert.True(engine.Progress.Preemptions > 0, "so few blocks must lead to preemption");
        return answers;
    }

    static async Task<int[][]> AnswersInTurnAsync(Blueprint blueprint, IWeightSource weights, params int[][] prompts)
    {
        var (_, live, engine) = Begin(blueprint, weights, blocks: 400);
        using var model = live;
        await using var running = engine;
        var answers = new List<int[]>();
        foreach (var prompt in prompts) answers.Add(await AnswerAsync(live, engine, prompt, deterministic: false));
        return [.. answers];
    }

    static (HeldNetwork Network, LiveModel Live, Engine Engine) Begin(Blueprint blueprint, IWeightSource weights, int blocks)
    {
        var network = new HeldNetwork(
            new TorchNetwork(blueprint, weights, new TorchOptions { DType = ComputeType.Float32, BlockSize = 4 }));
        var options = new EngineOptions { CacheBytes = blocks * network.BytesPerBlock(0), MaxBatchTokens = 40 };
        var live = new LiveModel();
        live.Swap(Support.Tiny.Model(network, maxContext: 96, options: options));
        return (network, live, new Engine(live, options, TimeProvider.System));
    }

    static async Task<int[]> AnswerAsync(LiveModel live, Engine engine, int[] prompt, bool deterministic)
    {
        using var lease = live.Lease()!;
        var request = new GenerationRequest([.. prompt], SamplingOptions.Greedy with { IgnoreEos = true }, Answer)
        { Deterministic = deterministic };
        return (await EngineWorld.ReadAsync(engine.GenerateAsync(lease, request, TestContext.Current.CancellationToken))).Tokens;
    }
}

// A prompt's own log-probabilities, whatever else is in the batch, cached, cut into chunks or preempted: those of the plain function of the
// whole text.
using System.Globalization;
using Majlis.Inference;
using Majlis.Model;
using Majlis.tests.Support;
using Majlis.tests.Torch;
using Majlis.Torch;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class PromptScoreTests
{
    [Theory]
    // sequences, tokens a step, cache blocks, logits of prompts a step, windows
    [InlineData(8, 512, 400, 1 << 24, "full")]
    [InlineData(8, 9, 400, 1 << 24, "full")]
    [InlineData(8, 64, 400, 3 * Tiny.Vocabulary, "full")]
    [InlineData(8, 16, 400, 1, "full")]
    [InlineData(8, 16, 60, 1 << 24, "full")]
    [InlineData(8, 32, 60, 5 * Tiny.Vocabulary, "full,6")]
    [InlineData(4, 16, 40, 1 << 24, "5")]
    public async Task Prompts_are_scored_as_by_the_plain_function(int sequences, int tokens, int blocks, int logits, string windows)
    {
        int?[] groups = [.. windows.Split(',').Select(one => one == "full" ? null : (int?)int.Parse(one, CultureInfo.InvariantCulture))];
        var options = new EngineOptions
        {
            MaxSequences = sequences,
            MaxBatchTokens = tokens,
            CacheBytes = blocks * 4,
            QueueLimit = 100,
            MaxPromptLogits = logits,
        };
        await using var world = new EngineWorld(options, groups);
        GenerationRequest[] requests = [.. Enumerable.Range(0, 24).Select(i =>
            EngineWorld.Greedy(new string((char)('a' + i % 3), 5 + i) + " the same for all that begin so", i % 4 == 0 ? 0 : 2 * i) with
            {
                PromptLogProbs = i % 5 == 0 ? null : i % 3,
            })];
        var mostRows = 0;

        var scored = await TogetherAsync(world, requests, batch => mostRows = Math.Max(mostRows, Rows(batch)));

        for (var i = 0; i < requests.Length; i++)
        {
            Check(scored[i].Prompt, requests[i], text => world.Network.Logits(text));
            if (requests[i].MaxTokens > 0) Assert.Equal(EngineWorld.Expected(world.Network, requests[i]), scored[i].Answer);
            else Assert.Equal(("", FinishReason.Length), (scored[i].Answer.Text, scored[i].Answer.Finish));
        }
        Assert.InRange(mostRows, 0, Math.Max(1, logits / Tiny.Vocabulary) + sequences);
        if (blocks < 100 && windows == "full") Assert.True(world.Engine.Progress.Preemptions > 0, "so few blocks must lead to preemption");
    }

    [Fact]
    public async Task A_cached_prompt_is_scored_all_the_same_and_then_shared()
    {
        await using var world = new EngineWorld(new() { CacheBytes = 4096 });
        var plain = EngineWorld.Greedy(new string('x', 40), maxTokens: 1);
        await world.AnswerAsync(plain);
        var scoring = plain with { PromptLogProbs = 1 };
        var first = await ReadAsync(world.Start(scoring));
        Check(first.Prompt, scoring, text => world.Network.Logits(text));
        Assert.Equal((0, 80), (first.Cached, world.Network.ComputedTokens));
        Assert.Equal(first.Prompt.Select(token => token.Id), (await ReadAsync(world.Start(scoring))).Prompt.Select(token => token.Id));
        await world.AnswerAsync(plain);
        Assert.Equal(124, world.Network.ComputedTokens);
    }

    [Fact]
    public async Task A_prompt_of_one_token_has_nothing_to_score()
    {
        await using var world = new EngineWorld();
        var scored = await ReadAsync(world.Start(EngineWorld.Greedy("a", 0) with { PromptLogProbs = 3 }));
        Assert.Empty(scored.Prompt);
        Assert.Empty(scored.Answer.Tokens);
    }

    [Fact]
    public async Task Logits_that_are_not_finite_fail_the_scored_request_and_nothing_after_it()
    {
        await using var world = new EngineWorld(new() { MaxBatchTokens = 32, CacheBytes = 4096 });
        world.Network.Before = batch => world.Network.Spoil = batch.Rows is LogitRows.ListedRows { TokenIndices.Length: > 4 }
            ? logits => logits[0] = float.NaN : null;
        await Assert.ThrowsAsync<GenerationFailedException>(async () =>
            await ReadAsync(world.Start(EngineWorld.Greedy("some prompt that is scored") with { PromptLogProbs = 0 })));
        (world.Network.Before, world.Network.Spoil) = (null, null);
        var other = EngineWorld.Greedy("another prompt");
        Assert.Equal(EngineWorld.Expected(world.Network, other), await world.AnswerAsync(other));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_real_network_scores_as_the_plain_transformer(bool isDeterministic)
    {
        var blueprint = PagedEqualsPlainTests.Tiny("llama");
        using var weights = TinyModel.Weights(blueprint, 7);
        using var plain = new Transformer(blueprint, weights);
        var network = new TorchNetwork(blueprint, weights, new TorchOptions { DType = ComputeType.Float32, BlockSize = 8 });
        using var live = new LiveModel();
        var options = new EngineOptions
        {
            CacheBytes = 40 * network.BytesPerBlock(0),
            MaxSequences = 8,
            MaxBatchTokens = 24,
            MaxPromptLogits = 13 * 96,
        };
        live.Swap(Support.Tiny.Model(network, maxContext: 100, options: options));
        await using var engine = new Engine(live, options, TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            using var lease = live.Lease()!;
            var prompt = PagedEqualsPlainTests.Draw(new Random(i), 96, 20 + 17 * i);
            var request = new GenerationRequest(prompt, SamplingOptions.Greedy, i) { PromptLogProbs = 2, Deterministic = isDeterministic };
            var scored = await ReadAsync(engine.GenerateAsync(lease, request, TestContext.Current.CancellationToken));
            var rows = PagedEqualsPlainTests.All(plain, prompt);
            Check(scored.Prompt, request, text => rows[text.Length - 1], 2e-4);
        }));
    }

    delegate float[] LogitsAfter(ReadOnlySpan<int> text);

    static void Check(ScoredToken[] scored, GenerationRequest request, LogitsAfter logitsAfter, double tolerance = 1e-5)
    {
        var prompt = request.PromptTokens;
        Assert.Equal(request.PromptLogProbs is null ? [] : prompt[1..], scored.Select(token => token.Id));
        foreach (var (position, token) in scored.Index())
        {
            var logits = logitsAfter(prompt.AsSpan(0, position + 1));
            var logSumExp = Math.Log(logits.Sum(logit => Math.Exp(logit)));
            Assert.Equal(logits[token.Id] - logSumExp, token.LogProbability, tolerance);
            Assert.Equal(request.PromptLogProbs!.Value, token.Top.Length);
            Assert.All(token.Top, top => Assert.Equal(logits[top.Id] - logSumExp, top.LogProbability, tolerance));
            // Rounding may change the places of nearly equal tokens.
            Assert.InRange(token.Rank, 1 + logits.Count(logit => logit > logits[token.Id] + tolerance),
                1 + logits.Count(logit => logit > logits[token.Id] - tolerance));
        }
    }

    static int Rows(ForwardBatch batch) => batch.Rows is LogitRows.ListedRows listed ? listed.TokenIndices.Length : 0;

    static async Task<Scored[]> TogetherAsync(EngineWorld world, GenerationRequest[] requests, Action<ForwardBatch> look)
    {
        using var gate = new ManualResetEventSlim();
        world.Network.Before = batch =>
        {
            gate.Wait(TestContext.Current.CancellationToken);
            look(batch);
        };
        var pieces = requests.Select(world.Start).ToList();
        gate.Set();
        return await Task.WhenAll(pieces.Select(ReadAsync));
    }

    static async Task<Scored> ReadAsync(IAsyncEnumerable<GeneratedPiece> pieces)
    {
        var (prompt, cached, answer) = (Array.Empty<ScoredToken>(), 0, new Answer([], "", null));
        await foreach (var piece in pieces)
        {
            if (!piece.Prompt.IsEmpty) prompt = [.. prompt, .. piece.Prompt];
            cached = piece.CachedPromptTokens;
            answer = new([.. answer.Tokens, .. piece.Tokens.Select(token => token.Id)], answer.Text + piece.Text, piece.Finish);
        }
        return new(prompt, cached, answer);
    }

    sealed record Scored(ScoredToken[] Prompt, int Cached, Answer Answer);
}

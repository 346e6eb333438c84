// Whatever else is in the batch, cached, shared or preempted: an answer equals the naive loop's, token for token.
using System.Collections.Immutable;
using System.Globalization;
using Majlis.Inference;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class BatchingTests
{
    static readonly string[] prompts =
    [
        "a", "The same beginning, then one end", "The same beginning, then another", "The same beginning, then one end",
        "اكتب جملة قصيرة عن البحر", "short",
        "A prompt that is longer than the token budget of a single step, so that it is computed in chunks.",
    ];

    public static TheoryData<int, int, int, string> Worlds => new()
    {
        // sequences, tokens a step, cache blocks, windows
        { 8, 512, 400, "full" },
        { 8, 9, 400, "full" },
        { 1, 1, 400, "full" },
        { 8, 16, 60, "full" },
        { 3, 7, 60, "full" },
        { 8, 32, 400, "full,6" },
        { 8, 32, 90, "full,6" },
        { 4, 16, 40, "5" },
        { 8, 24, 120, "full,3,9" },
    };

    [Theory, MemberData(nameof(Worlds))]
    public async Task Answers_equal_those_of_the_naive_loop(int sequences, int tokens, int blocks, string windows)
    {
        int?[] groups = [.. windows.Split(',').Select(one => one == "full" ? null : (int?)int.Parse(one, CultureInfo.InvariantCulture))];
        var options = new EngineOptions { MaxSequences = sequences, MaxBatchTokens = tokens, CacheBytes = blocks * 4, QueueLimit = 100 };
        await using var world = new EngineWorld(options, groups);
        GenerationRequest[] requests = [.. Enumerable.Range(0, 4).SelectMany(round => prompts.Select((prompt, i) => i % 2 == 0
            ? EngineWorld.Greedy(prompt, 5 + 9 * round)
            : EngineWorld.Random(prompt, seed: round % 2, 5 + 9 * round) with { Priority = i % 3 }))];

        var answers = await world.AnswerTogetherAsync(requests);

        for (var i = 0; i < requests.Length; i++) Assert.Equal(EngineWorld.Expected(world.Network, requests[i]), answers[i]);
        Assert.True(sequences == 1 || world.Network.LargestBatch > 1);
        if (sequences * 10 > blocks) Assert.True(world.Engine.Progress.Preemptions > 0, "so few blocks must lead to preemption");
    }

    [Fact]
    public async Task Every_sampling_option_acts_in_a_batch_as_alone()
    {
        await using var world = new EngineWorld();
        var sampling = new SamplingOptions
        {
            Seed = 3,
            Temperature = 1.2f,
            MinP = 0.01f,
            TopK = 50,
            RepetitionPenalty = 1.3f,
            FrequencyPenalty = 0.5f,
            PresencePenalty = 0.2f,
            MinTokens = 10,
            LogitBias = ImmutableDictionary<int, float>.Empty.Add(Tiny.End, 5),
        };
        var request = EngineWorld.Greedy("penalties") with { Sampling = sampling };
        GenerationRequest[] all = [request, EngineWorld.Greedy("other"), request];
        var answers = await Task.WhenAll(all.Select(world.AnswerAsync));
        Assert.Equal(EngineWorld.Expected(world.Network, request), answers[0]);
        Assert.Equal(answers[0], answers[2]);
        Assert.True(answers[0].Tokens.Length >= 10);
    }

    [Fact]
    public async Task Log_probabilities_are_those_of_the_raw_logits()
    {
        await using var world = new EngineWorld();
        var request = EngineWorld.Random("how likely", seed: 1) with { TopLogProbs = 3 };
        List<int> tokens = [.. request.PromptTokens];
        await foreach (var piece in world.Start(request))
            foreach (var token in piece.Tokens)
            {
                var logits = world.Network.Logits([.. tokens]);
                var logSumExp = Math.Log(logits.Sum(logit => Math.Exp(logit)));
                Assert.Equal(logits[token.Id] - logSumExp, token.LogProbability, 1e-5);
                int[] best = [.. Enumerable.Range(0, logits.Length).OrderByDescending(id => logits[id]).Take(3)];
                Assert.Equal(best, token.Top.Select(top => top.Id));
                Assert.All(token.Top, top => Assert.Equal(logits[top.Id] - logSumExp, top.LogProbability, 1e-5));
                tokens.Add(token.Id);
            }
    }

    [Fact]
    public async Task Choices_of_one_prompt_compute_it_once()
    {
        await using var world = new EngineWorld();
        var prompt = new string('x', 40);
        var choices = Enumerable.Range(0, 4).Select(choice => EngineWorld.Random(prompt, seed: choice, maxTokens: 1));
        await Task.WhenAll(choices.Select(world.AnswerAsync));
        Assert.InRange(world.Network.ComputedTokens, 40, 40 + 3 * 4);
    }

    [Fact]
    public void A_scorer_gives_the_same_log_probabilities_in_chunks()
    {
        using var network = new ScriptedNetwork(Tiny.Blueprint(null, 7));
        int[] prompt = [1, 2, 3], answer = [.. Enumerable.Range(0, 700).Select(i => i * 31 % 257)];
        var scores = TokenScorer.LogProbabilities(network, prompt, answer);
        foreach (var i in new[] { 0, 1, 508, 509, 510, 699 })
        {
            var logits = network.Logits([.. prompt, .. answer[..i]]);
            Assert.Equal(logits[answer[i]] - Math.Log(logits.Sum(logit => Math.Exp(logit))), scores[i], 1e-5);
        }
    }
}

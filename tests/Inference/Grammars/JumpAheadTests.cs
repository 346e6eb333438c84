// Tokens that a grammar leaves no choice of take one step of the network together: the answer, its log-probabilities and its end are those
// of the plain loop that asks for each token.
using Majlis.Inference;
using Majlis.Inference.Grammars;
using Majlis.Inference.Grammars.Json;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Inference.Grammars;

public sealed class JumpAheadTests
{
    static readonly Grammar schema = new SchemaSource("""
        {"type":"object","properties":{"temperature":{"type":"integer","minimum":0,"maximum":30},"unit":{"enum":["celsius","kelvin"]}},
        "required":["temperature","unit"],"additionalProperties":false}
        """, JsonLayout.Compact).Compile();

    [Fact]
    public async Task A_forced_run_takes_one_step()
    {
        await using var world = new EngineWorld();
        var answer = await world.AnswerAsync(Choice("yes, indeed"));
        Assert.Equal(("yes, indeed", FinishReason.Stop), (answer.Text, answer.Finish));
        // One reads the prompt and draws the first letter; one computes the rest and draws the end.
        Assert.Equal(2, world.Network.Forwards);
    }

    [Theory]
    [InlineData(16, 512, 400)]
    [InlineData(8, 17, 400)]
    [InlineData(3, 9, 30)]
    [InlineData(1, 1, 400)]
    public async Task Answers_equal_those_of_the_plain_loop(int sequences, int tokens, int blocks)
    {
        var options = new EngineOptions { MaxSequences = sequences, MaxBatchTokens = tokens, CacheBytes = blocks * 4, QueueLimit = 100 };
        await using var world = new EngineWorld(options);
        var requests = Enumerable.Range(0, 12)
            .Select(i => i % 2 == 0 ? EngineWorld.Greedy($"p{i}", 80) : EngineWorld.Random($"p{i}", seed: i, 80))
            .Select(request => request with { Grammar = schema })
            .Append(Choice("no choice but this")).Append(EngineWorld.Greedy("free", 10)).ToList();
        var answers = await world.AnswerTogetherAsync(requests);
        for (var i = 0; i < requests.Count; i++) Assert.Equal(Expected(world.Network, requests[i]), answers[i]);
        if (tokens == 512) Assert.InRange(world.Network.Forwards, 1, answers.Max(answer => answer.Tokens.Length) - 1);
    }

    [Fact]
    public async Task No_step_has_more_tokens_than_its_budget()
    {
        await using var world = new EngineWorld(new() { MaxSequences = 4, MaxBatchTokens = 10, CacheBytes = 4096 });
        var largest = 0;
        world.Network.Before = batch => largest = Math.Max(largest, batch.Tokens.Length);
        var requests = Enumerable.Range(0, 4).Select(i => Choice($"{i}, and all the others too")).ToList();
        var answers = await Task.WhenAll(requests.Select(world.AnswerAsync));
        Assert.All(answers, answer => Assert.EndsWith("too", answer.Text, StringComparison.Ordinal));
        Assert.InRange(largest, 2, 10);
    }

    [Fact]
    public async Task Log_probabilities_are_those_of_the_raw_logits()
    {
        await using var world = new EngineWorld();
        var request = EngineWorld.Greedy("how likely", 80) with { Grammar = schema, TopLogProbs = 2 };
        List<int> tokens = [.. request.PromptTokens];
        await foreach (var piece in world.Start(request))
            foreach (var token in piece.Tokens)
            {
                var logits = world.Network.Logits([.. tokens]);
                var logSumExp = LogProbs.LogSumExp(logits);
                Assert.Equal(logits[token.Id] - logSumExp, token.LogProbability, 1e-5);
                Assert.Equal(LogProbs.Top(logits, 2, logSumExp).Select(top => top.Id), token.Top.Select(top => top.Id));
                tokens.Add(token.Id);
            }
        Assert.True(world.Network.Forwards < tokens.Count / 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(11)]
    [InlineData(12)]
    public async Task A_limit_of_tokens_ends_it_where_the_plain_loop_ends(int most)
    {
        await using var world = new EngineWorld();
        var request = Choice("yes, indeed") with { MaxTokens = most };
        Assert.Equal(Expected(world.Network, request), await world.AnswerAsync(request));
    }

    [Fact]
    public async Task A_stop_string_within_a_forced_run_ends_the_answer_there()
    {
        await using var world = new EngineWorld();
        var answer = await world.AnswerAsync(Choice("yes, indeed") with { Stop = ["inde"] });
        Assert.Equal(("yes, ", FinishReason.Stop, 9), (answer.Text, answer.Finish, answer.Tokens.Length));
        Assert.Equal(0, world.Engine.Progress.Running);
    }

    [Fact]
    public async Task What_forbids_a_forced_token_is_still_told()
    {
        await using var world = new EngineWorld();
        var request = Choice("yes, indeed");
        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() =>
            world.AnswerAsync(request with { Sampling = request.Sampling with { BadWords = [['d', 'e']] } }));
        Assert.Equal("bad_words", refused.Problem.Field);
    }

    static GenerationRequest Choice(string text) => EngineWorld.Greedy("choose", 80) with { Grammar = new ChoiceSource([text]).Compile() };

    static Answer Expected(ScriptedNetwork network, GenerationRequest request)
    {
        var sampler = new Sampler(Tiny.Vocabulary);
        var constraint = request.Grammar is { } grammar ? new TokenConstraint(grammar, new(Tiny.Tokenizer, Tiny.Vocabulary)) : null;
        List<int> output = [];
        while (output.Count < request.MaxTokens && !output.Contains(Tiny.End))
        {
            var uniform = SeededRandom.Uniform((ulong)(request.Sampling.Seed ?? 0), output.Count);
            var logits = network.Logits([.. request.PromptTokens, .. output]);
            output.Add(sampler.Sample(logits, request.Sampling, request.PromptTokens, output.ToArray(), [Tiny.End], uniform,
                constraint?.Mask).Id);
            if (output[^1] != Tiny.End) constraint?.Advance(output[^1]);
        }
        var text = Tiny.Tokenizer.Decode(output.ToArray(), skipSpecialTokens: true);
        return new([.. output], text, output[^1] == Tiny.End ? FinishReason.Stop : FinishReason.Length);
    }
}

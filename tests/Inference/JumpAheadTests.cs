// Tokens that a grammar or the end of a thought forces are computed in one step: the answer, its log-probabilities and its end are those of
// the plain loop, which asks for each token alone.
using Majlis.Inference;
using Majlis.Inference.Grammars;
using Majlis.Inference.Grammars.Json;
using Majlis.Inference.Speculation;
using Majlis.tests.Support;
using Majlis.Text.Chat.Reasoning;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class JumpAheadTests
{
    static readonly Grammar schema = new SchemaSource("""
        {"type":"object","properties":{"temperature":{"type":"integer","minimum":0,"maximum":30},"unit":{"enum":["celsius","kelvin"]}},
        "required":["temperature","unit"],"additionalProperties":false}
        """, JsonLayout.Compact).Compile();

    [Fact]
    public async Task A_forced_run_takes_one_step()
    {
        await using var world = EngineWorld.AtRest();
        var answer = await world.AnswerAsync(Choice("yes, indeed"));
        Assert.Equal(("yes, indeed", FinishReason.Stop), (answer.Text, answer.Finish));
        // One reads the prompt and draws the first letter; one computes the rest and draws the end.
        Assert.Equal(2, world.Network.Forwards);
        Assert.Equal(new(10, 10), world.Engine.Progress.Guesses[(int)GuessKind.Forced]);
    }

    [Theory]
    [InlineData(16, 512, 400, false)]
    [InlineData(16, 512, 400, true)]
    [InlineData(8, 17, 400, true)]
    [InlineData(3, 9, 30, true)]
    [InlineData(1, 1, 400, true)]
    public async Task Answers_equal_those_of_the_plain_loop(int sequences, int tokens, int blocks, bool looksUp)
    {
        var options = new EngineOptions
        {
            MaxSequences = sequences,
            MaxBatchTokens = tokens,
            CacheBytes = blocks * 4,
            QueueLimit = 100,
            LooksUp = looksUp,
        };
        await using var world = EngineWorld.AtRest(options);
        var requests = Enumerable.Range(0, 18).Select(Wish).Append(Choice("no choice but this")).ToList();
        var answers = await world.AnswerTogetherAsync(requests);
        for (var i = 0; i < requests.Count; i++) Assert.Equal(EngineWorld.Expected(world.Network, requests[i]), answers[i]);
        var forced = world.Engine.Progress.Guesses[(int)GuessKind.Forced];
        Assert.InRange(forced.Right, tokens < 9 ? 0 : 100, forced.Computed);
        Assert.Equal(0, world.Engine.Progress.CacheUsage);
    }

    [Fact]
    public async Task Log_probabilities_are_those_of_the_raw_logits()
    {
        await using var world = EngineWorld.AtRest();
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
        await using var world = EngineWorld.AtRest();
        var request = Choice("yes, indeed") with { MaxTokens = most };
        Assert.Equal(EngineWorld.Expected(world.Network, request), await world.AnswerAsync(request));
    }

    [Fact]
    public async Task A_stop_string_within_a_forced_run_ends_the_answer_there()
    {
        await using var world = EngineWorld.AtRest();
        var answer = await world.AnswerAsync(Choice("yes, indeed") with { Stop = ["inde"] });
        Assert.Equal(("yes, ", FinishReason.Stop, 9), (answer.Text, answer.Finish, answer.Tokens.Length));
        Assert.Equal(0, world.Engine.Progress.Running);
    }

    [Fact]
    public async Task What_forbids_a_forced_token_is_still_told()
    {
        await using var world = EngineWorld.AtRest();
        var request = Choice("yes, indeed");
        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() =>
            world.AnswerAsync(request with { Sampling = request.Sampling with { BadWords = [['d', 'e']] } }));
        Assert.Equal("bad_words", refused.Problem.Field);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(9)]
    public async Task A_spent_budget_ends_the_thinking_in_one_step_and_the_grammar_begins_behind_it(int budget)
    {
        await using var world = EngineWorld.AtRest();
        var think = ReasoningFormats.Think;
        var request = Choice("yes, indeed") with { Reasoning = new(think, IsOpen: true), ThinkingBudget = budget, MaxTokens = 200 };
        var (thought, text, tokens) = ("", "", 0);
        await foreach (var piece in world.Start(request))
            (thought, text, tokens) = (thought + piece.Reasoning, text + piece.Text, tokens + piece.Tokens.Length);
        Assert.Equal("yes, indeed", text);
        Assert.InRange(thought.Length, 0, budget);
        Assert.InRange(world.Network.Forwards, 1, tokens / 2);
    }

    static GenerationRequest Wish(int i)
    {
        var request = i % 2 == 0 ? EngineWorld.Greedy($"p{i}", 80) : EngineWorld.Random($"p{i}", seed: i, 80);
        var sampling = (i / 2 % 3) switch
        {
            0 => request.Sampling,
            1 => request.Sampling with { RepetitionPenalty = 1.3f, FrequencyPenalty = 0.2f, PresencePenalty = 0.1f },
            _ => request.Sampling with { MinTokens = 12, TopK = 20 },
        };
        return request with { Sampling = sampling, Grammar = i % 5 == 4 ? null : schema };
    }

    static GenerationRequest Choice(string text) => EngineWorld.Greedy("choose", 80) with { Grammar = new ChoiceSource([text]).Compile() };
}

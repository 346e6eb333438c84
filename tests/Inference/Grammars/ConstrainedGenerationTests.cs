// A grammar in the engine: whatever the network would say, an answer that ends belongs to the grammar, alone and among others, drawn
// greedily or by chance, preempted or not.
using System.Collections.Immutable;
using System.Text;
using Majlis.Inference;
using Majlis.Inference.Grammars;
using Majlis.Inference.Grammars.Json;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Inference.Grammars;

public sealed class ConstrainedGenerationTests
{
    const string Schema = """
        {"type":"object","properties":{"kind":{"enum":["red","green","أزرق"]},"size":{"type":"integer","minimum":1,"maximum":120},
        "tags":{"type":"array","items":{"type":"string","maxLength":4},"maxItems":2}},"required":["kind","size"],
        "additionalProperties":false}
        """;

    static readonly Grammar grammar = new SchemaSource(Schema, JsonLayout.Compact).Compile();

    [Fact]
    public async Task Every_answer_that_ends_belongs_to_the_grammar()
    {
        await using var world = new EngineWorld();
        var requests = Enumerable.Range(0, 24).Select(i => Request(i % 3 == 0 ? EngineWorld.Greedy($"prompt {i}", 120)
            : EngineWorld.Random($"prompt {i}", seed: i, 120))).ToList();
        foreach (var answer in await world.AnswerTogetherAsync(requests))
        {
            Assert.Equal(FinishReason.Stop, answer.Finish);
            Assert.True(grammar.Accepts(Encoding.UTF8.GetBytes(answer.Text)), answer.Text);
        }
    }

    [Fact]
    public async Task An_answer_among_others_is_the_answer_alone_also_when_it_was_preempted()
    {
        // Blocks for little more than one of the answers.
        await using var narrow = new EngineWorld(new() { CacheBytes = 108 });
        await using var wide = new EngineWorld();
        var requests = Enumerable.Range(0, 6).Select(i => Request(EngineWorld.Random($"p{i}", seed: i, 100))).ToList();
        var together = await narrow.AnswerTogetherAsync(requests);
        Assert.True(narrow.Engine.Progress.Preemptions > 0);
        for (var i = 0; i < requests.Count; i++) Assert.Equal(await wide.AnswerAsync(requests[i]), together[i]);
    }

    [Fact]
    public async Task Other_options_hold_within_the_grammar()
    {
        await using var world = new EngineWorld();
        var request = Choice(["aa", "ab", "cd"]);
        var bias = ImmutableDictionary<int, float>.Empty.Add('b', 100).Add('c', -100).Add('x', 100);
        var answer = await world.AnswerAsync(request with { Sampling = request.Sampling with { LogitBias = bias } });
        Assert.Equal("ab", answer.Text);
        answer = await world.AnswerAsync(request with { Sampling = request.Sampling with { BadWords = [['a']] } });
        Assert.Equal("cd", answer.Text);
        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() =>
            world.AnswerAsync(request with { Sampling = request.Sampling with { AllowedTokenIds = ['x'] } }));
        Assert.Equal("allowed_token_ids", refused.Problem.Field);
    }

    [Fact]
    public async Task An_end_comes_where_the_grammar_has_nothing_else()
    {
        await using var world = new EngineWorld();
        var late = Choice(["yes"]);
        var least = await world.AnswerAsync(late with { Sampling = late.Sampling with { MinTokens = 10 } });
        Assert.Equal(("yes", FinishReason.Stop), Told(least));
        var endless = await world.AnswerAsync(late with { Sampling = late.Sampling with { IgnoreEos = true } });
        Assert.Equal(("yes", FinishReason.Stop), Told(endless));
        // No token was spent on the end.
        Assert.Equal(3, endless.Tokens.Length);
    }

    [Fact]
    public async Task Min_tokens_and_ignored_ends_hold_where_the_grammar_can_go_on()
    {
        await using var world = new EngineWorld();
        var request = Request(EngineWorld.Greedy("go", 30)) with { Grammar = new RegexSource("[a-z]*").Compile() };
        var least = await world.AnswerAsync(request with { Sampling = request.Sampling with { MinTokens = 12 } });
        Assert.True(least.Text.Length >= 11, least.Text);
        var all = await world.AnswerAsync(request with { Sampling = request.Sampling with { IgnoreEos = true } });
        Assert.Equal((30, FinishReason.Length), (all.Text.Length, all.Finish));
        Assert.All(all.Text, letter => Assert.InRange(letter, 'a', 'z'));
    }

    [Fact]
    public async Task Log_probabilities_stay_those_of_the_network()
    {
        await using var world = new EngineWorld();
        var request = Choice(["Q"]) with { TopLogProbs = 3 };
        var pieces = new List<GeneratedPiece>();
        await foreach (var piece in world.Start(request)) pieces.Add(piece);
        var logits = world.Network.Logits(request.PromptTokens);
        var token = pieces[0].Tokens[0];
        Assert.Equal('Q', token.Id);
        Assert.Equal(logits['Q'] - LogProbs.LogSumExp(logits), token.LogProbability, 4);
        Assert.Equal(LogProbs.Top(logits, 3, LogProbs.LogSumExp(logits)).Select(top => top.Id), token.Top.Select(top => top.Id));
    }

    static GenerationRequest Request(GenerationRequest request) => request with { Grammar = grammar };

    static GenerationRequest Choice(string[] choices) =>
        EngineWorld.Greedy("choose", 40) with { Grammar = new ChoiceSource(choices).Compile() };

    static (string, FinishReason?) Told(Answer answer) => (answer.Text, answer.Finish);
}

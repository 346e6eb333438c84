// Guesses from a sequence's own past: which they are, that they change no text and no distribution, that they save steps where they are
// right, and end where they are not.
using Majlis.Inference;
using Majlis.Inference.Speculation;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class PromptLookupTests
{
    static readonly EngineOptions looking = new() { CacheBytes = 1 << 14, LooksUp = true };

    [Theory]
    [InlineData("abcdeabc", 3, "dea")]
    [InlineData("xbcYabcZ bc", 2, "Z ")]
    [InlineData("abcQ abcR abc", 9, "R abcR ab")]
    [InlineData("aaaa", 5, "aaaaa")]
    [InlineData("abcdef", 3, "")]
    [InlineData("a", 3, "")]
    public void What_followed_the_last_tokens_is_guessed(string past, int most, string guessed)
    {
        int[] tokens = [.. past.Select(letter => (int)letter)];
        Assert.Equal(guessed, new string([.. PromptLookup.Next(tokens, most).Select(token => (char)token)]));
    }

    [Fact]
    public async Task An_answer_that_repeats_itself_takes_fewer_steps_and_is_the_same()
    {
        // A window of one token: what follows depends on the last alone, so that the answer goes round.
        await using var world = EngineWorld.AtRest(looking, 1);
        var request = Enumerable.Range(0, 40).Select(i => EngineWorld.Greedy($"go round {i}", 200))
            .First(one => EngineWorld.Expected(world.Network, one).Finish == FinishReason.Length);
        var answer = await world.AnswerAsync(request);
        Assert.Equal(EngineWorld.Expected(world.Network, request), answer);
        var counted = world.Engine.Progress.Guesses[(int)GuessKind.Lookup];
        Assert.Equal(200, world.Network.Forwards + counted.Right);
        Assert.InRange(world.Network.Forwards, 1, 100);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answers_equal_those_without_guesses_for_each_seed_whatever_else_runs_or_is_preempted(bool goesRound)
    {
        var options = looking with { CacheBytes = 200, MaxBatchTokens = 40 };
        await using var world = goesRound ? EngineWorld.AtRest(options, 1) : EngineWorld.AtRest(options);
        var requests = Enumerable.Range(0, 16).Select(i => (i % 2 == 0 ? EngineWorld.Greedy($"again again {i}", 60)
            : EngineWorld.Random($"again again {i}", seed: i, 60)) with
        { Deterministic = i % 3 == 0 }).ToList();
        var answers = await world.AnswerTogetherAsync(requests);
        Assert.Equal(goesRound, world.Engine.Progress.Preemptions == 0);
        for (var i = 0; i < requests.Count; i++) Assert.Equal(EngineWorld.Expected(world.Network, requests[i]), answers[i]);
        Assert.Equal(0, world.Engine.Progress.CacheUsage);
    }

    [Fact]
    public async Task Drawn_answers_have_the_distribution_of_the_sampler()
    {
        await using var world = EngineWorld.AtRest(looking, 1);
        const int answers = 3000, length = 3;
        var options = new SamplingOptions { TopK = 3, Temperature = 4, IgnoreEos = true };
        var likely = Likely(world.Network, options, "x", length);
        // Its past holds every way on, so that guesses are made, right ones and wrong ones.
        var prompt = string.Concat(likely.Keys) + "x";
        var counts = likely.Keys.ToDictionary(text => text, _ => 0);
        for (var seed = 0; seed < answers; seed++)
            counts[Letters((await world.AnswerAsync(new(Ids(prompt), options with { Seed = seed }, length))).Tokens)]++;
        var guesses = world.Engine.Progress.Guesses[(int)GuessKind.Lookup];
        Assert.InRange(guesses.Right, 100, guesses.Computed - 100);
        var chiSquare = likely.Sum(one => Math.Pow(counts[one.Key] - answers * one.Value, 2) / (answers * one.Value));
        // 26 degrees of freedom: beyond 54 in one of a thousand runs; these seeds stay the same.
        Assert.InRange(chiSquare, 0, 54);
    }

    [Fact]
    public async Task Guesses_that_are_never_right_are_given_up_and_tried_again_now_and_then()
    {
        await using var world = EngineWorld.AtRest(looking);
        // All pairs of letters recur, and what follows depends on the whole text.
        const string letters = "abcdefghij";
        var sampling = new SamplingOptions { Seed = 3, AllowedTokenIds = [.. letters.Select(letter => (int)letter)], IgnoreEos = true };
        var all = string.Concat(letters.SelectMany(one => letters.Select(other => $"{one}{other}")));
        var request = EngineWorld.Greedy(all, 50) with { Sampling = sampling };
        Assert.Equal(50, (await world.AnswerAsync(request)).Tokens.Length);
        Assert.InRange(world.Engine.Progress.Guesses[(int)GuessKind.Lookup].Computed, 1, 30);
    }

    static Dictionary<string, double> Likely(ScriptedNetwork network, SamplingOptions options, string text, int length)
    {
        if (length == 0) return new() { [text[1..]] = 1 };
        var next = new Sampler(Tiny.Vocabulary).Distribution(network.Logits(Ids(text)), options, [], [], []);
        return Enumerable.Range(0, next.Length).Where(id => next[id] > 0)
            .SelectMany(id => Likely(network, options, text + (char)id, length - 1)
                .Select(rest => KeyValuePair.Create(rest.Key, next[id] * rest.Value)))
            .ToDictionary();
    }

    static int[] Ids(string text) => [.. text.Select(letter => (int)letter)];

    static string Letters(int[] tokens) => new([.. tokens.Select(token => (char)token)]);
}

// A failure in one sequence of a step, at any stage, ends only that sequence: the others get the answer they would get alone.
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Majlis.Inference;
using Majlis.Model;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class OneOfEightTests
{
    const int Marked = 200;

    [Theory]
    [InlineData("drawing on the device")]
    [InlineData("reading logits")]
    [InlineData("allowed tokens")]
    [InlineData("bad words")]
    [InlineData("minimum length")]
    [InlineData("stop strings")]
    public async Task A_stage_that_throws_for_one_sequence_ends_that_one_alone(string stage)
    {
        await using var world = new EngineWorld();
        using var steps = new StepGate(world.Network);
        var (request, spoil) = Faulty(stage, world.Network);
        GenerationRequest[] sound = [.. Enumerable.Range(0, 7).Select(i =>
            i % 2 == 0 ? EngineWorld.Greedy($"sound {i}", 12) : EngineWorld.Random($"sound {i}", i, 12))];
        var answers = sound[..4].Select(world.AnswerAsync).ToList();
        var failing = world.AnswerAsync(request);
        answers.AddRange(sound[4..].Select(world.AnswerAsync));
        spoil();
        steps.Open();

        var failed = await Assert.ThrowsAsync<GenerationFailedException>(() => failing);
        Assert.StartsWith("Writing the next token failed", failed.Message, StringComparison.Ordinal);
        for (var i = 0; i < sound.Length; i++) Assert.Equal(EngineWorld.Expected(world.Network, sound[i]), await answers[i]);
        await Eventually.HoldsAsync("every block is free", () => world.Engine.Progress is { Running: 0, Waiting: 0, CacheUsage: 0 });
        Assert.False(world.Network.IsDisposed);
    }

    [Fact]
    public async Task Ids_without_a_logit_are_ignored_whoever_names_them()
    {
        var network = new ScriptedNetwork(Tiny.Blueprint([null]));
        using var live = new LiveModel();
        live.Swap(Tiny.Model(network, ends: [-1, Tiny.End, Tiny.Vocabulary, int.MaxValue]));
        await using var engine = new Engine(live, new() { CacheBytes = 4096 }, TimeProvider.System);
        var sampling = new SamplingOptions { Seed = 4, MinTokens = 5, LogitBias = ImmutableDictionary<int, float>.Empty.Add(65, 3) };
        var known = EngineWorld.Greedy("ids") with { Sampling = sampling with { StopTokenIds = [7], BadWords = [[66]] } };
        var asked = known with
        {
            Sampling = known.Sampling with
            {
                StopTokenIds = [-1, 7, 1 << 30],
                BadWords = [[66], [67, Tiny.Vocabulary]],
                LogitBias = sampling.LogitBias.Add(Tiny.Vocabulary, 100).Add(-1, 100),
            },
        };
        using var lease = live.Lease()!;
        Assert.Equal(await AnswerAsync(known), await AnswerAsync(asked));
        var only = known with { Sampling = SamplingOptions.Greedy with { AllowedTokenIds = [65, 999] } };
        Assert.All((await AnswerAsync(only)).Tokens, id => Assert.Equal(65, id));
        var none = known with { Sampling = SamplingOptions.Greedy with { AllowedTokenIds = [-1, 999] } };
        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() => AnswerAsync(none));
        Assert.Equal("allowed_token_ids", refused.Problem.Field);

        Task<Answer> AnswerAsync(GenerationRequest request) =>
            EngineWorld.ReadAsync(engine.GenerateAsync(lease, request, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_sentence_names_the_ids_that_are_ignored_and_not_all_of_many()
    {
        var options = new SamplingOptions { StopTokenIds = [5, -1], BadWords = [[.. Enumerable.Range(300, 9)]] };
        Assert.Equal("stop_token_ids -1; bad_words 300, 301, 302, 303, 304 and 4 more", UnknownTokens.Describe(options, 300));
        Assert.Equal("stop_token_ids -1", UnknownTokens.Describe(options, 309));
        Assert.Null(UnknownTokens.Describe(options with { StopTokenIds = [5] }, 309));
    }

    /// <summary>A request that is valid when the engine checks it, and the action that makes one stage of its next step throw.</summary>
    static (GenerationRequest Request, Action Spoil) Faulty(string stage, ScriptedNetwork network)
    {
        var request = EngineWorld.Greedy("the faulty one", 12);
        int[] ids = [5];
        ImmutableArray<int>[] words = [[5]];
        string[] stops = ["never said"];
        var options = SamplingOptions.Greedy with { MinTokens = 2 };
        switch (stage)
        {
            case "drawing on the device":
                network.BeforeDraw = plan => Throw(plan.TopK == Marked);
                return (request with { Sampling = new() { Seed = 1, TopK = Marked } }, () => { });
            case "reading logits":
                network.BeforeRead = () => Throw(true);
                return (request with { Sampling = options }, () => { });
            case "allowed tokens":
                return (request with { Sampling = options with { AllowedTokenIds = Alias(ids) } }, () => ids[0] = 999);
            case "bad words":
                return (request with { Sampling = options with { BadWords = Alias(words) } }, () => words[0] = []);
            case "minimum length":
                return (request with { Sampling = options with { StopTokenIds = Alias(ids) } }, () => ids[0] = -1);
            case "stop strings":
                return (request with { Stop = Alias(stops) }, () => stops[0] = null!);
            default:
                throw new ArgumentOutOfRangeException(nameof(stage));
        }
    }

    // A caller can still change the array behind a list that the engine has checked.
    static ImmutableArray<T> Alias<T>(T[] array) => ImmutableCollectionsMarshal.AsImmutableArray(array);

    static void Throw(bool now)
    {
        if (now) throw new InvalidOperationException("this stage is broken");
    }
}

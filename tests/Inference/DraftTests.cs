// A small model that suggests tokens: no text changes, whether it is always, sometimes or never right; it saves steps where it is right and
// is given up where it is not; its own cache stays whole.
using Majlis.Inference;
using Majlis.Inference.Speculation;
using Majlis.tests.Support;
using Majlis.Text.Tokenizers;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class DraftTests
{
    static readonly EngineOptions options = new() { CacheBytes = 1 << 14, Seed = 5, MaxSequences = 8 };

    [Theory]
    [InlineData(1, 4096, 1 << 14)]
    [InlineData(1, 60, 300)]
    [InlineData(2, 4096, 1 << 14)]
    public async Task Answers_are_those_without_it(ulong script, int draftContext, int cacheBytes)
    {
        await using var world = new World(script, draftContext, cacheBytes);
        var requests = Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? EngineWorld.Greedy($"some prompt {i % 7}", 50)
            : EngineWorld.Random($"some prompt {i % 7}", seed: i, 50)).ToList();
        var answers = await Task.WhenAll(requests.Select(world.AnswerAsync));
        for (var i = 0; i < requests.Count; i++) Assert.Equal(EngineWorld.Expected(world.Large, requests[i]), answers[i]);
        Assert.Equal(0, world.Engine.Progress.CacheUsage);
        Assert.All(world.Draft.Allocator.Pools, pool => Assert.Equal(pool.Count, pool.Free));
    }

    [Fact]
    public async Task One_that_is_always_right_leaves_an_eighth_of_the_steps()
    {
        await using var world = new World(script: 1, sureness: 60);
        var request = Enumerable.Range(0, 40).Select(i => EngineWorld.Greedy($"prompt {i}", 160))
            .First(one => EngineWorld.Expected(world.Large, one).Finish == FinishReason.Length);
        await world.AnswerAsync(request);
        var counted = world.Engine.Progress.Guesses[(int)GuessKind.Draft];
        Assert.Equal(counted.Computed, counted.Right);
        Assert.Equal(160, world.Large.Forwards + counted.Right);
        Assert.InRange(world.Large.Forwards, 20, 40);
        // It reads each token once and draws each once, but the last of every suggestion.
        Assert.InRange(world.Small.ComputedTokens, 0, request.PromptTokens.Length + 160);
    }

    [Fact]
    public async Task One_that_is_never_right_is_given_up()
    {
        await using var world = new World(script: 2);
        var request = Enumerable.Range(0, 40).Select(i => EngineWorld.Greedy($"prompt {i}", 160))
            .First(one => EngineWorld.Expected(world.Large, one).Finish == FinishReason.Length);
        await world.AnswerAsync(request);
        Assert.InRange(world.Engine.Progress.Guesses[(int)GuessKind.Draft].Computed, 1, 60);
        Assert.InRange(world.Large.Forwards, 150, 160);
    }

    [Fact]
    public async Task A_prompt_that_it_reads_in_parts_is_followed_to_its_end()
    {
        await using var world = new World(script: 1);
        var request = EngineWorld.Greedy(new string('x', 900), 40);
        Assert.Equal(EngineWorld.Expected(world.Large, request), await world.AnswerAsync(request));
        Assert.True(world.Engine.Progress.Guesses[(int)GuessKind.Draft].Right > 0);
    }

    [Fact]
    public void Other_tokens_are_told_by_the_first_that_differs()
    {
        Assert.Null(DraftVocabulary.Difference(Tiny.Tokenizer, Tiny.Tokenizer));
        TextTokenizer other = WrittenAnswer.Tokenizer;
        Assert.Matches("^token [0-9]+ is .+ there and .+ here$", DraftVocabulary.Difference(Tiny.Tokenizer, other));
    }

    /// <summary>A network and a smaller one, which says the same where their scripts are equal. Steps take no time.</summary>
    sealed class World : IAsyncDisposable
    {
        readonly LiveModel live = new();

        /// <param name="sureness">The greater, the less the small model doubts its tokens.</param>
        public World(ulong script, int draftContext = 4096, int draftBytes = 1 << 14, float sureness = 4)
        {
            Action<float[]> sure = logits => Array.ForEach([.. Enumerable.Range(0, logits.Length)], id => logits[id] *= sureness);
            Small = new(Tiny.Blueprint([null]), script: script) { Spoil = sure };
            Large = new(Tiny.Blueprint([null])) { Spoil = sure };
            Draft = Tiny.Model(Small, "draft", draftContext, options with { CacheBytes = draftBytes });
            live.Swap(new LoadedModel(Large, 4096, options)
            {
                Version = "v",
                WeightsHash = "h",
                Tokenizer = Tiny.Tokenizer,
                Defaults = new([Tiny.End], null),
                Draft = Draft,
            });
            Engine = new(live, options, new FakeTimeProvider());
        }

        public ScriptedNetwork Small { get; }

        public ScriptedNetwork Large { get; }

        public LoadedModel Draft { get; }

        public Engine Engine { get; }

        public async Task<Answer> AnswerAsync(GenerationRequest request)
        {
            using var lease = live.Lease()!;
            return await EngineWorld.ReadAsync(Engine.GenerateAsync(lease, request, TestContext.Current.CancellationToken));
        }

        public async ValueTask DisposeAsync()
        {
            await Engine.DisposeAsync();
            live.Dispose();
            Draft.Dispose();
        }
    }
}

// The times that the engine hands out with every token, and its count of preemptions over a swap.
using Majlis.Inference;
using Majlis.tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class TimesTests
{
    static readonly TimeSpan second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Every_token_says_when_its_request_came_when_it_started_and_when_it_was_made()
    {
        var time = new FakeTimeProvider();
        using var live = new LiveModel();
        var network = new ScriptedNetwork(Tiny.Blueprint([null]));
        using var gate = new ManualResetEventSlim();
        network.Before = _ =>
        {
            gate.Wait(TestContext.Current.CancellationToken); // until both are in the queue
            time.Advance(second);
        };
        live.Swap(Tiny.Model(network));
        var options = new EngineOptions { MaxSequences = 1, MaxBatchTokens = 64, CacheBytes = 4096 };
        await using var engine = new Engine(live, options, time);
        var (first, next) = (Start(engine, live, "first"), Start(engine, live, "second"));
        gate.Set();
        var (one, two) = (await TimesAsync(first), await TimesAsync(next));

        Assert.Equal(TimeSpan.Zero, time.GetElapsedTime(one[0].Submitted, one[0].Started));
        Assert.All(one.Zip(one.Skip(1)), pair => Assert.Equal(second, time.GetElapsedTime(pair.First.Made, pair.Second.Made)));
        Assert.All(two, times => Assert.Equal((two[0].Submitted, two[0].Started), (times.Submitted, times.Started)));
        // It waited until the first had its last token.
        Assert.Equal(one[^1].Made, two[0].Started);
        Assert.Equal(second, time.GetElapsedTime(two[0].Started, two[0].Made));
    }

    [Fact]
    public async Task Preemptions_of_replaced_weights_stay_counted()
    {
        var options = new EngineOptions { MaxSequences = 8, MaxBatchTokens = 64, CacheBytes = 80 };
        await using var world = new EngineWorld(options);
        await world.AnswerTogetherAsync(Enumerable.Range(0, 8).Select(i => EngineWorld.Greedy($"prompt {i}", 30)));
        var before = world.Engine.Progress.Preemptions;
        Assert.True(before > 0);
        world.Live.Swap(Tiny.Model(new ScriptedNetwork(Tiny.Blueprint([null])), options: options));
        await world.AnswerAsync(EngineWorld.Greedy("new weights"));
        await world.AnswerAsync(EngineWorld.Greedy("and again"));
        Assert.InRange(world.Engine.Progress.Preemptions, before, long.MaxValue);
    }

    static IAsyncEnumerable<GeneratedPiece> Start(Engine engine, LiveModel live, string prompt)
    {
        using var lease = live.Lease()!;
        return engine.GenerateAsync(lease, EngineWorld.Greedy(prompt, 5), TestContext.Current.CancellationToken);
    }

    static async Task<List<PieceTimes>> TimesAsync(IAsyncEnumerable<GeneratedPiece> pieces)
    {
        var times = new List<PieceTimes>();
        await foreach (var piece in pieces) times.Add(piece.Times);
        return times;
    }
}

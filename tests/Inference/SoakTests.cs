// Ten thousand short requests, as a busy week would mix them: greedy and sampled, with stop strings, log-probabilities and grammars, and
// clients that go away in the middle. Whoever stays gets a whole answer; nothing stays behind.
using Majlis.Inference;
using Majlis.Inference.Grammars;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Inference;

/// <summary>What the process keeps is counted, so no other test may run beside this one.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class CountedMemory;

[Collection(typeof(CountedMemory))]
public sealed class SoakTests
{
    const int Requests = 10_000;
    const int AtOnce = 40;

    static readonly Grammar[] grammars =
        [new ChoiceSource(["yes", "no", "perhaps"]).Compile(), new RegexSource("[a-z]{1,6}( [a-z]{1,6}){0,3}").Compile()];

    [Fact]
    public async Task Nothing_stays_behind_ten_thousand_requests_of_which_a_third_is_cancelled()
    {
        await using var world = new EngineWorld(new() { CacheBytes = 1 << 14 }, null, 16);
        await RunAsync(world, 0, Requests / 5);
        var early = await AtRestAsync(world);
        await RunAsync(world, Requests / 5, Requests);
        var late = await AtRestAsync(world);
        Assert.True(late < early + (4 << 20), $"{early} bytes are kept after a fifth of the requests, {late} after all");
    }

    static Task RunAsync(EngineWorld world, int from, int to)
    {
        var next = from - 1;
        return Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            for (int number; (number = Interlocked.Increment(ref next)) < to;) await AskAsync(world, new Random(number));
        }));
    }

    static async Task AskAsync(EngineWorld world, Random random)
    {
        var request = Request(random);
        using var gone = new CancellationTokenSource();
        var leavesAfter = random.Next(3) == 0 ? random.Next(6) : int.MaxValue;
        FinishReason? finish = null;
        try
        {
            var pieces = 0;
            if (leavesAfter == 0) await gone.CancelAsync();
            await foreach (var piece in world.StartCancellable(request, gone.Token))
            {
                finish = piece.Finish;
                if (++pieces == leavesAfter) await gone.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            Assert.True(leavesAfter < int.MaxValue, "only who goes away is cancelled");
            return;
        }
        Assert.NotNull(finish);
    }

    static GenerationRequest Request(Random random)
    {
        var prompt = new string((char)('a' + random.Next(4)), random.Next(1, 60)) + random.Next(50);
        var request = random.Next(2) == 0 ? EngineWorld.Greedy(prompt, random.Next(1, 24))
            : EngineWorld.Random(prompt, random.Next(), random.Next(1, 24));
        return random.Next(5) switch
        {
            0 => request with { Stop = ["e", "xy"] },
            1 => request with { TopLogProbs = 3, PromptLogProbs = 1 },
            2 or 3 => request with { Grammar = grammars[random.Next(grammars.Length)] },
            _ => request with { Priority = random.Next(3), Client = $"client {random.Next(5)}" },
        };
    }

    // What is kept once the engine rests: the cache's bookkeeping, the masks of two grammars.
    static async Task<long> AtRestAsync(EngineWorld world)
    {
        await Eventually.HoldsAsync("every block is free", () => world.Engine.Progress is { Running: 0, Waiting: 0, CacheUsage: 0 });
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}

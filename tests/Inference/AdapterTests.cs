// Requests with adapters: together in one batch, each with its own; blocks of the cache are shared within one adapter only; an adapter
// that is taken away lives until the last request that uses it.
using Majlis.Inference;
using Majlis.Model;
using Majlis.Model.Adapters;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class AdapterTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_of_different_adapters_and_of_none_run_in_one_batch()
    {
        await using var world = Begin("one", "two");
        var batches = new List<int[]>();
        world.Network.Before = batch => batches.Add([.. batch.Spans.Select(span => span.Adapter)]);
        var request = EngineWorld.Random("the same for all", 4);
        using var gate = new ManualResetEventSlim();
        var hold = world.Network.Before;
        world.Network.Before = batch => { gate.Wait(Stop); hold(batch); };
        var reading = ((string?[])[null, "one", "two", "one"])
            .Select(adapter => EngineWorld.ReadAsync(Ask(world, request, adapter))).ToArray();
        gate.Set();
        var answers = await Task.WhenAll(reading);
        foreach (var (answer, adapter) in answers.Zip((int[])[-1, 0, 1, 0]))
            Assert.Equal(EngineWorld.Expected(world.Network, request, adapter), answer);
        Assert.NotEqual(answers[0], answers[1]);
        Assert.NotEqual(answers[1], answers[2]);
        Assert.Contains(batches, batch => batch.Distinct().Count() == 3);
    }

    [Fact]
    public async Task Cached_blocks_are_shared_within_one_adapter_and_with_no_other()
    {
        await using var world = Begin("one", "two");
        var request = EngineWorld.Greedy("a prompt of several blocks", 3);
        foreach (var adapter in (string?[])[null, "one", "two"])
        {
            Assert.Equal(0, await CachedAsync(world, request, adapter));
            Assert.NotEqual(0, await CachedAsync(world, request, adapter));
        }
    }

    [Fact]
    public async Task An_adapter_that_is_taken_away_is_freed_with_its_last_request()
    {
        await using var world = Begin("one");
        using var gate = new ManualResetEventSlim();
        world.Network.Before = _ => gate.Wait(Stop);
        var request = EngineWorld.Random("still running", 9);
        var reading = EngineWorld.ReadAsync(Ask(world, request, "one"));
        world.Live.Current!.Adapters.Remove("one");
        using (var lease = world.Live.Lease()!) Assert.Null(lease.Adapted("one"));
        Assert.Empty(world.Network.RemovedAdapters);
        gate.Set();
        Assert.Equal(EngineWorld.Expected(world.Network, request, 0), await reading);
        await Eventually.HoldsAsync("the adapter is freed", () => world.Network.RemovedAdapters is [0]);
    }

    [Fact]
    public async Task An_adapter_of_a_name_that_is_given_anew_answers_the_next_request()
    {
        await using var world = Begin("one");
        Add(world, "one");
        Assert.Equal([0], world.Network.RemovedAdapters);
        var request = EngineWorld.Greedy("again");
        Assert.Equal(EngineWorld.Expected(world.Network, request, 1), await EngineWorld.ReadAsync(Ask(world, request, "one")));
    }

    static EngineWorld Begin(params string[] adapters)
    {
        var world = new EngineWorld();
        foreach (var adapter in adapters) Add(world, adapter);
        return world;
    }

    static void Add(EngineWorld world, string name) => world.Live.Current!.Adapters.Add(name,
        new LowRankAdapter(new Dictionary<string, LowRankPair>()), new($"v1:{name}", $"hash of {name}", "a test"));

    static IAsyncEnumerable<GeneratedPiece> Ask(EngineWorld world, GenerationRequest request, string? adapter)
    {
        using var plain = world.Live.Lease()!;
        using var lease = adapter is null ? plain.Share() : plain.Adapted(adapter)!;
        return world.Engine.GenerateAsync(lease, request, Stop);
    }

    static async Task<int> CachedAsync(EngineWorld world, GenerationRequest request, string? adapter)
    {
        var cached = 0;
        await foreach (var piece in Ask(world, request, adapter)) cached = piece.CachedPromptTokens;
        return cached;
    }
}

// A swap changes only what the next request leases; no snapshot is freed while a lease holds it.
using Majlis.Inference;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class LiveModelTests
{
    [Fact]
    public async Task A_swap_in_mid_stream_lets_every_request_finish_on_what_it_began_with()
    {
        await using var world = new EngineWorld();
        using var steps = new StepGate(world.Network);
        var next = new ScriptedNetwork(Tiny.Blueprint([null]), script: 2);
        var request = EngineWorld.Greedy("Which weights?", 30);
        var before = world.AnswerAsync(request);
        steps.Let(5);
        await steps.WaitingAsync();
        world.Live.Swap(Tiny.Model(next, "v2"));
        var after = world.AnswerAsync(request);
        Assert.False(world.Network.IsDisposed);
        steps.Open();
        Assert.Equal(EngineWorld.Expected(world.Network, request), await before);
        Assert.Equal(EngineWorld.Expected(next, request), await after);
        Assert.NotEqual(await before, await after);
        await Eventually.HoldsAsync("the replaced network is freed", () => world.Network.IsDisposed);
        Assert.False(next.IsDisposed);
    }

    [Fact]
    public async Task Requests_go_on_through_many_swaps_and_none_is_dropped()
    {
        await using var world = new EngineWorld(new() { MaxSequences = 4, MaxBatchTokens = 16, CacheBytes = 60 * 4, QueueLimit = 100 });
        List<Task> all = [];
        for (var round = 0; round < 30; round++)
        {
            using var lease = world.Live.Lease()!;
            var (request, network) = (EngineWorld.Random($"round {round}", round, 15), (ScriptedNetwork)lease.Model.Network);
            var reading = EngineWorld.ReadAsync(world.Engine.GenerateAsync(lease, request, TestContext.Current.CancellationToken));
            all.Add(Check(reading, network, request));
            var next = new ScriptedNetwork(Tiny.Blueprint([null]), script: (ulong)round + 5);
            if (round % 3 == 0) world.Live.Swap(Tiny.Model(next, $"v{round}"));
            if (round % 5 == 0) await reading;
        }
        await Task.WhenAll(all);

        static async Task Check(Task<Answer> reading, ScriptedNetwork network, GenerationRequest request) =>
            Assert.Equal(EngineWorld.Expected(network, request), await reading);
    }

    [Fact]
    public async Task The_last_lease_frees_a_replaced_snapshot_and_not_an_earlier_one()
    {
        var told = 0;
        using var live = new LiveModel(() => told++);
        var (first, second) = (New(), New());
        Assert.Null(live.Lease());
        live.Swap(Tiny.Model(first, "first"));
        var one = live.Lease()!;
        var two = one.Share();
        live.Swap(Tiny.Model(second, "second"));
        Assert.Equal("second", live.Current!.Version);
        one.Dispose();
        one.Dispose();
        Assert.False(first.IsDisposed);
        two.Dispose();
        await Eventually.HoldsAsync("the first is freed", () => first.IsDisposed && told == 1);
        Assert.False(second.IsDisposed);
    }

    [Fact]
    public async Task At_most_two_are_live_and_the_newest_of_those_waiting_wins()
    {
        using var live = new LiveModel();
        ScriptedNetwork[] networks = [New(), New(), New(), New()];
        live.Swap(Tiny.Model(networks[0], "0"));
        var lease = live.Lease()!;
        live.Swap(Tiny.Model(networks[1], "1"));
        Assert.False(live.HasRoom);
        live.Swap(Tiny.Model(networks[2], "2"));
        live.Swap(Tiny.Model(networks[3], "3"));
        Assert.Equal("1", live.Current!.Version);
        Assert.True(networks[2].IsDisposed);
        lease.Dispose();
        await Eventually.HoldsAsync("the newest takes over", () => live.Current!.Version == "3");
        await Eventually.HoldsAsync("the older two are freed", () => networks[0].IsDisposed && networks[1].IsDisposed);
        await Eventually.HoldsAsync("there is room", () => live.HasRoom);
        Assert.False(networks[3].IsDisposed);
    }

    [Fact]
    public async Task While_it_is_closed_requests_wait_and_the_last_lease_frees_the_only_snapshot()
    {
        using var live = new LiveModel();
        var (first, second) = (New(), New());
        live.Swap(Tiny.Model(first, "first"));
        var running = live.Lease()!;
        var emptied = live.Close();
        var entering = live.EnterAsync(TestContext.Current.CancellationToken);
        Assert.False(entering.IsCompleted);
        Assert.False(emptied.IsCompleted);
        running.Dispose();
        await emptied;
        Assert.True(first.IsDisposed);
        Assert.Equal((0, null), (live.Versions, live.Lease()));
        live.Swap(Tiny.Model(second, "second"));
        live.Open();
        using var entered = await entering;
        Assert.Equal("second", entered!.Model.Version);
    }

    [Fact]
    public async Task What_is_opened_again_before_it_was_empty_goes_on()
    {
        using var live = new LiveModel();
        var network = New();
        live.Swap(Tiny.Model(network, "first"));
        var running = live.Lease()!;
        _ = live.Close();
        live.Open();
        running.Dispose();
        using var entered = await live.EnterAsync(TestContext.Current.CancellationToken);
        Assert.Equal("first", entered!.Model.Version);
        Assert.False(network.IsDisposed);
    }

    [Fact]
    public async Task The_version_before_returns_at_once_while_it_is_leased_and_not_afterwards()
    {
        using var live = new LiveModel();
        var (first, second) = (New(), New());
        live.Swap(Tiny.Model(first, "first"));
        var running = live.Lease()!;
        live.Swap(Tiny.Model(second, "second"));
        Assert.False(live.TryReturn("third"));
        Assert.True(live.TryReturn("first"));
        Assert.Equal("first", live.Current!.Version);
        await Eventually.HoldsAsync("the other is freed", () => second.IsDisposed && live.Versions == 1);
        running.Dispose();
        Assert.False(first.IsDisposed);
        Assert.False(live.TryReturn("second"));
    }

    static ScriptedNetwork New() => new(Tiny.Blueprint([null]));
}

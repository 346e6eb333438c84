// Slow, late or vanished readers delay only their own answers, and only for the stated time.
using Majlis.Inference;
using Majlis.tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class UnreadReplyTests : IAsyncDisposable
{
    const int Buffer = 8;

    static readonly GenerationRequest endless = EngineWorld.Greedy("endless", 100) with
    {
        Sampling = SamplingOptions.Greedy with { IgnoreEos = true },
    };

    readonly FakeTimeProvider time = new();
    readonly ScriptedNetwork network = new(Tiny.Blueprint([null]));
    readonly LiveModel live = new();
    readonly Engine engine;

    public UnreadReplyTests()
    {
        live.Swap(Tiny.Model(network));
        engine = new(live, new() { CacheBytes = 4096, ReplyBuffer = Buffer, ReaderPatience = TimeSpan.FromSeconds(30) }, time);
    }

    [Fact]
    public async Task Nothing_is_made_beyond_a_full_buffer_and_its_blocks_are_free()
    {
        await using var reader = Start(endless).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await RestsAsync();
        Assert.Equal(Buffer, network.Forwards);
        Assert.False(engine.Progress.IsStuck(time, TimeSpan.Zero));
        var other = EngineWorld.Greedy("another", Buffer - 1);
        Assert.Equal(EngineWorld.Expected(network, other), await EngineWorld.ReadAsync(Start(other)));
    }

    [Fact]
    public async Task A_late_reader_gets_the_same_answer()
    {
        var pieces = Start(endless);
        await RestsAsync();
        time.Advance(TimeSpan.FromSeconds(29));
        var answer = await EngineWorld.ReadAsync(pieces);
        Assert.Equal(100, answer.Tokens.Length);
        var all = endless.PromptTokens.ToList();
        foreach (var id in answer.Tokens)
        {
            Assert.Equal(LogProbs.Top(network.Logits([.. all]), 1, 0)[0].Id, id);
            all.Add(id);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Buffer / 2 - 1)] // less than half of the buffer: too slow
    public async Task A_buffer_that_stands_full_for_its_time_ends_the_answer_and_gives_the_weights_back(int read)
    {
        await using var reader = Start(endless).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await RestsAsync();
        for (var i = 0; i < read; i++) Assert.True(await reader.MoveNextAsync());
        live.Swap(Tiny.Model(new ScriptedNetwork(Tiny.Blueprint([null])), "v2"));
        Assert.False(live.HasRoom);
        time.Advance(TimeSpan.FromSeconds(30));
        await Eventually.HoldsAsync("the old weights are free", () => live.HasRoom && network.IsDisposed);
        for (var i = read; i < Buffer; i++) Assert.True(await reader.MoveNextAsync());
        var ended = await Assert.ThrowsAsync<ReplyUnreadException>(async () => await reader.MoveNextAsync());
        Assert.Contains("30 seconds", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_finished_answer_that_nobody_reads_holds_no_weights()
    {
        var pieces = Start(endless with { MaxTokens = Buffer });
        live.Swap(Tiny.Model(new ScriptedNetwork(Tiny.Blueprint([null])), "v2"));
        await Eventually.HoldsAsync("the old weights are free", () => live.HasRoom && network.IsDisposed);
        Assert.Equal(Buffer, (await EngineWorld.ReadAsync(pieces)).Tokens.Length);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_readers()
    {
        var pieces = Start(endless);
        await RestsAsync();
        await engine.StopAsync();
        await Assert.ThrowsAsync<EngineStoppedException>(() => EngineWorld.ReadAsync(pieces));
    }

    IAsyncEnumerable<GeneratedPiece> Start(GenerationRequest request)
    {
        using var lease = live.Lease()!;
        return engine.GenerateAsync(lease, request, TestContext.Current.CancellationToken);
    }

    Task RestsAsync() => Eventually.HoldsAsync("the unread answer rests",
        () => network.Forwards >= Buffer && engine.Progress is { Running: 0, Waiting: 0, CacheUsage: 0 });

    public async ValueTask DisposeAsync()
    {
        await engine.DisposeAsync();
        live.Dispose();
    }
}

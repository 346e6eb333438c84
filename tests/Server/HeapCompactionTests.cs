// The managed heap shrinks soon after a large request, even on an idle server.
using System.Runtime.CompilerServices;
using Majlis.Server.Operations;
using Majlis.tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Server;

public sealed class HeapCompactionTests
{
    [Fact]
    public async Task Memory_that_nothing_holds_any_more_is_collected_after_large_requests()
    {
        var time = new FakeTimeProvider();
        using var compaction = new HeapCompaction(time);
        await compaction.StartAsync(TestContext.Current.CancellationToken);
        var gone = Large();
        await Eventually.HoldsAsync("it is collected", () =>
        {
            time.Advance(TimeSpan.FromSeconds(10));
            return !gone.IsAlive;
        });
        await compaction.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_was_not_collected_while_answers_were_written_is_collected_afterwards()
    {
        var time = new FakeTimeProvider();
        var isBusy = true;
        using var compaction = new HeapCompaction(time) { IsBusy = () => isBusy };
        await compaction.StartAsync(TestContext.Current.CancellationToken);
        compaction.Collect();
        var gone = Large();
        for (var look = 0; look < 5; look++) time.Advance(TimeSpan.FromSeconds(10));
        isBusy = false;
        await Eventually.HoldsAsync("it is collected", () =>
        {
            time.Advance(TimeSpan.FromSeconds(10));
            return !gone.IsAlive;
        });
        await compaction.StopAsync(TestContext.Current.CancellationToken);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static WeakReference Large() => new(new byte[200 << 20]);
}

// What threads of low priority start runs at the process's own priority: the threads of a network's steps, and the pool's, which run the
// code after an await. Linux alone keeps a priority for each thread.
using Majlis.Cpu.Threads;
using Majlis.Inference;
using Majlis.Server.Wire;
using Xunit;

namespace Majlis.tests.Inference;

public sealed class LowPriorityTests
{
    [Fact]
    public async Task A_team_made_beside_a_served_model_is_as_fast_as_one_made_at_the_start()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads have priorities of their own on Linux alone.");
        Team? team = null;
        int? caller = null;
        await LowPriorityThread.RunAsync("loads", () =>
        {
            caller = Niceness();
            team = new Team(3);
        });
        using (team)
        {
            var found = new int[3];
            team!.Run(member => found[member] = Niceness());
            Assert.Equal([OwnNiceness(), OwnNiceness()], found[1..]);
            Assert.True(caller > OwnNiceness());
        }
    }

    [Fact]
    public async Task The_pool_never_continues_a_request_at_low_priority()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads have priorities of their own on Linux alone.");
        using var queue = new PreparationQueue();
        var found = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(ContinuedAsync)));
        Assert.All(found, niceness => Assert.Equal(OwnNiceness(), niceness));

        // Each holds its thread for a while, so that the pool needs more of them.
        async Task<int> ContinuedAsync()
        {
            await queue.RunAsync(PreparationQueue.Small + 1, () => 1, CancellationToken.None);
            Thread.SpinWait(1_000_000);
            await LowPriorityThread.RunAsync("works", () => { });
            Thread.SpinWait(1_000_000);
            return Niceness();
        }
    }

    static int Niceness() => Niceness("/proc/thread-self/stat");

    static int OwnNiceness() => Niceness("/proc/self/stat");

    // The 17th field after the name, which may hold spaces (proc(5)).
    static int Niceness(string file)
    {
        var text = File.ReadAllText(file);
        return int.Parse(text[(text.LastIndexOf(')') + 2)..].Split(' ')[16], System.Globalization.CultureInfo.InvariantCulture);
    }
}

// The team of threads: barriers, claimed work, a member that fails, cores of their own, and rest.
using Majlis.Cpu.Threads;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Cpu;

public sealed class TeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void A_barrier_separates_phases(int members)
    {
        using var team = new Team(members);
        var sums = new int[members];
        for (var round = 0; round < 200; round++)
        {
            var values = new int[members];
            team.Run(member =>
            {
                values[member] = round + 1;
                team.Sync();
                sums[member] = values.Sum();
                team.Sync();
                values[member] = 0;
            });
            Assert.All(sums, sum => Assert.Equal(members * (round + 1), sum));
        }
    }

    [Fact]
    public void Every_item_is_claimed_once_in_every_phase()
    {
        using var team = new Team(3);
        var counts = new int[2, 1000];
        team.Run(_ =>
        {
            while (team.TryClaim(1000, out var item)) Interlocked.Increment(ref counts[0, item]);
            team.Sync();
            while (team.TryClaim(1000, out var item)) Interlocked.Increment(ref counts[1, item]);
        });
        Assert.All(counts.Cast<int>(), count => Assert.Equal(1, count));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_failing_member_ends_the_step_for_all_and_the_next_step_runs(int failing)
    {
        using var team = new Team(3);
        for (var round = 0; round < 20; round++)
        {
            var error = Assert.Throws<InvalidOperationException>(() => team.Run(member =>
            {
                if (member == failing) throw new ArgumentException("broken");
                team.Sync();
                team.Sync();
            }));
            Assert.IsType<ArgumentException>(error.InnerException);
            var ran = 0;
            team.Run(_ =>
            {
                team.Sync();
                Interlocked.Increment(ref ran);
            });
            Assert.Equal(3, ran);
        }
    }

    /// <summary>The kernel's own account of a thread that no other team is large enough to have.</summary>
    [Fact]
    public async Task At_rest_the_threads_sleep()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads are looked up in /proc.");
        using var team = new Team(40);
        team.Run(_ => team.Sync());
        await Eventually.HoldsAsync("the thread sleeps", () => State("cpu 39") == 'S');
    }

    /// <summary>As the kernel tells it. The caller's thread is another's, who gets it back as it was, after a failed step too.</summary>
    [Fact]
    public void As_many_members_as_cores_each_have_their_own_and_the_caller_has_all_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads are looked up in /proc.");
        Assert.SkipWhen(MemberCores.For(MemberCores.Count) is null, "This process has less time than cores.");
        var before = Cores();
        using var team = new Team(MemberCores.Count);
        var during = new string[team.Members];
        team.Run(member => during[member] = Cores());
        Assert.Distinct(during);
        Assert.Equal(before, Cores());
        Assert.Throws<InvalidOperationException>(() => team.Run(_ => throw new ArgumentException("broken")));
        Assert.Equal(before, Cores());
    }

    [Fact]
    public void More_members_than_cores_stay_nowhere()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads are looked up in /proc.");
        var before = Cores();
        using var team = new Team(MemberCores.Count + 1);
        team.Run(_ => Assert.Equal(before, Cores()));
    }

    static string Cores() => File.ReadLines("/proc/thread-self/status")
        .Single(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal));

    static char State(string thread) => Directory.GetDirectories("/proc/self/task")
        .Select(task => File.ReadAllText(Path.Combine(task, "stat"))).Single(line => line.Contains($"({thread})", StringComparison.Ordinal))
        .Split(") ")[1][0];
}

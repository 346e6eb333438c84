// A volume that fills up: votes are refused without room and taken again with room; no acknowledged vote is lost.
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Feedback;

public sealed class FullDiskTests : IDisposable
{
    const int Megabytes = 24;

    static readonly TimeSpan often = TimeSpan.FromMilliseconds(50);

    readonly CollectedLog log = new();

    public void Dispose() => log.Dispose();

    [Theory]
    [InlineData(24L << 20, 8L << 20)]
    [InlineData(512L << 20, 64L << 20)]
    [InlineData(1L << 30, 160L << 20)] // a log of 512 MiB fits, and its checkpoint of 144 may come
    [InlineData(1L << 40, 256L << 20)]
    public void What_is_kept_back_of_a_volume(long total, long reserve) => Assert.Equal(reserve, FreeSpace.Reserve(total));

    [Fact]
    public async Task Where_the_room_is_not_known_votes_are_taken()
    {
        Assert.Null(new FreeSpace("nowhere", FreeSpace.Measure).Shortage());
        using var folder = new TemporaryFolder();
        await using var garnet = EmbeddedRedis.Start(folder.Path);
        await using var connection = await ConnectAsync(folder.Path, _ => default);
        Assert.True((await connection.StateAsync()).TakesVotes);
    }

    [Fact]
    public async Task Below_the_reserve_nothing_reaches_the_store_and_both_readiness_and_log_say_so()
    {
        var free = 1L << 30;
        VolumeSpace Measure(string _) => new(Volatile.Read(ref free), 1L << 32);
        using var folder = new TemporaryFolder();
        await using var garnet = EmbeddedRedis.Start(folder.Path, new EmbeddedParts { Logs = log, Interval = often, Measure = Measure });
        await using var connection = await ConnectAsync(folder.Path, Measure);
        var store = await OpenAsync(connection, 3);
        Assert.True((await store.VoteAsync(Some.Vote("b0"))).Accepted());

        Volatile.Write(ref free, (256L << 20) - 1);
        var refused = await store.VoteAsync(Some.Vote("b1"));
        Assert.Equal(VoteOutcome.Unavailable, refused.Outcome);
        Assert.Contains("Only 256 MiB are free", refused.Reason, StringComparison.Ordinal);
        await Assert.ThrowsAsync<FeedbackUnavailableException>(() => store.OpenAsync(Battle("b9")));
        var state = await connection.StateAsync();
        Assert.Equal((false, refused.Reason), (state.TakesVotes, state.Says));
        Assert.Equal("b0", Assert.Single(await KeptAsync(connection, reserved: false)));
        await LoggedAsync("Votes are refused in " + folder.Path + ": Only");

        // The write itself counts too: a long battle may not take the space that is kept back.
        Volatile.Write(ref free, (256L << 20) + 4096);
        var longer = Battle("b9");
        longer = longer with { A = longer.A with { Text = new string('x', 4096) } };
        await Assert.ThrowsAsync<FeedbackUnavailableException>(() => store.OpenAsync(longer));
        Assert.True((await store.VoteAsync(Some.Vote("b1"))).Accepted());
        Assert.True((await connection.StateAsync()).TakesVotes);
        await LoggedAsync("There is room again");
        Assert.Equal(2, log.Lines.Count);
    }

    [Fact]
    public async Task A_full_volume_keeps_its_last_megabytes_and_once_there_is_room_votes_are_taken_by_themselves()
    {
        using var volume = SmallVolume.Mount(Megabytes);
        await using var garnet = EmbeddedRedis.Start(volume.Path, new EmbeddedParts { Logs = log, Interval = often });
        await using var connection = await ConnectAsync(volume.Path);
        var store = await OpenAsync(connection, 4);
        Assert.True((await store.VoteAsync(Some.Vote("b0"))).Accepted());
        foreach (var left in new[] { FreeSpace.Reserve(Megabytes << 20) - 4096, 0 })
        {
            volume.Fill(left);
            Assert.Contains("are kept back", (await store.VoteAsync(Some.Vote("b1"))).Reason, StringComparison.Ordinal);
            Assert.Equal(left, volume.Left);
        }
        volume.Free();
        Assert.True((await store.VoteAsync(Some.Vote("b1"))).Accepted());
        Assert.DoesNotContain(log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    /// <summary>Somebody else fills the volume between the check and the write.</summary>
    [Fact]
    public async Task A_store_that_could_not_write_starts_again_on_its_own_files_and_no_acknowledged_vote_is_lost()
    {
        using var volume = SmallVolume.Mount(Megabytes);
        var garnet = EmbeddedRedis.Start(volume.Path, new EmbeddedParts { Logs = log, Interval = often });
        await using var connection = await ConnectAsync(volume.Path, _ => default);
        var store = await OpenAsync(connection, 60);
        var acknowledged = new List<string>();
        for (var i = 0; i < 10; i++) await VoteAsync(i);
        volume.Fill();
        for (var i = 10; acknowledged.Count == i; i++) await VoteAsync(i);
        await Eventually.HoldsAsync("readiness says it", async () => !(await connection.StateAsync()).TakesVotes);
        await LoggedAsync("Error: The embedded vote store cannot write");
        Assert.True(acknowledged.Count is >= 10 and < 60);

        volume.Free();
        await Eventually.HoldsAsync("votes are taken again", async () => (await connection.StateAsync()).TakesVotes);
        for (var i = 0; i < 60; i++) await VoteAsync(i);
        Assert.Contains(log.Lines, line => line.Contains("has started again from its files", StringComparison.Ordinal));
        Assert.Equal(60, acknowledged.Distinct().Count());
        Assert.Empty(acknowledged.Except(await KeptAsync(connection)));

        await garnet.DisposeAsync();
        await using var again = EmbeddedRedis.Start(volume.Path);
        await Eventually.HoldsAsync("the next run answers", async () => (await connection.StateAsync()).TakesVotes);
        Assert.Equal(60, (await KeptAsync(connection)).Count);

        async Task VoteAsync(int i)
        {
            if ((await store.VoteAsync(Some.Vote($"b{i}"))).Accepted()) acknowledged.Add($"b{i}");
        }
    }

    [Fact]
    public async Task A_store_that_cannot_write_ends_without_an_error_and_one_that_starts_without_room_waits_for_it()
    {
        using var volume = SmallVolume.Mount(Megabytes);
        await using var connection = new RedisConnection(new RedisOptions { DataFolder = volume.Path, Measure = _ => default });
        var garnet = EmbeddedRedis.Start(volume.Path, new EmbeddedParts { Interval = often });
        await Eventually.HoldsAsync("the store answers", async () => (await connection.StateAsync()).TakesVotes);
        var store = await OpenAsync(connection, 60);
        volume.Fill();
        var acknowledged = 0;
        while ((await store.VoteAsync(Some.Vote($"b{acknowledged}"))).Accepted()) acknowledged++;
        await garnet.DisposeAsync();

        // Another port than last time must be written down, and there is no room for that either.
        await using var next = EmbeddedRedis.Start(volume.Path, new EmbeddedParts { Logs = log, Interval = often, FreePort = OtherPort });
        Assert.Contains(log.Lines, line => line.StartsWith("Warning: Votes are refused in", StringComparison.Ordinal));
        volume.Free();
        await Eventually.HoldsAsync("votes are taken", async () => (await connection.StateAsync()).TakesVotes);
        Assert.Equal(acknowledged, (await KeptAsync(connection)).Count);
    }

    Task LoggedAsync(string words) =>
        Eventually.HoldsAsync($"the log says: {words}", () => log.Lines.Any(line => line.Contains(words, StringComparison.Ordinal)));

    static int? OtherPort(int wanted) => wanted == 0 ? GarnetRun.FreePort(0) : null;

    static Battle Battle(string id) => Some.Battle(id) with { Opened = TimeProvider.System.GetUtcNow() };

    static Task<RedisConnection> ConnectAsync(string folder, Func<string, VolumeSpace>? measure = null) => TestStore.ConnectAsync(
        new RedisOptions { DataFolder = folder, Patience = TimeSpan.FromSeconds(20), Measure = measure ?? FreeSpace.Measure });

    static async Task<BattleStore> OpenAsync(RedisConnection connection, int battles)
    {
        var store = new BattleStore(connection, TimeProvider.System);
        for (var i = 0; i < battles; i++) await store.OpenAsync(Battle($"b{i}"));
        return store;
    }

    /// <param name="reserved">False reads the votes without writing the barrier that the cursor waits for.</param>
    static async Task<List<string>> KeptAsync(RedisConnection connection, bool reserved = true)
    {
        if (!reserved)
            return [.. (await connection.ReadAsync(database => database.SortedSetRangeByRankAsync(Keys.Votes))).Select(id => (string)id!)];
        var kept = new List<string>();
        await foreach (var vote in new VoteCursor(connection).ReadAsync(0)) kept.Add(vote.Id);
        return kept;
    }
}

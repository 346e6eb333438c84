// The embedded store holds more than its memory: the rest lies on disk, and the log is cut without losing a vote.
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Feedback;

public sealed class SpillingTests
{
    const int Battles = 120;
    const int TextLength = 100_000; // 120 battles of two such texts: 24 MB against 8 MB of memory and 16 MB of log.

    internal static readonly EmbeddedParts Small = new() { Sizes = new(Memory: "8m", Page: "1m", Log: "16m") };

    static RedisOptions Patient(TemporaryFolder folder) => new() { DataFolder = folder.Path, Patience = TimeSpan.FromSeconds(30) };

    [Fact]
    public async Task Old_votes_are_read_from_disk_also_after_the_log_was_cut_and_the_store_started_again()
    {
        using var folder = new TemporaryFolder();
        await FillToACheckpointAsync(folder);
        await CheckAsync(folder);
    }

    [Fact]
    public async Task A_checkpoint_that_cannot_be_read_is_refused_and_left_alone()
    {
        using var folder = new TemporaryFolder();
        await FillToACheckpointAsync(folder);
        var info = Checkpoints(folder.Path).Single();
        var whole = File.ReadAllBytes(info);
        File.WriteAllBytes(info, new byte[whole.Length]);
        var error = Assert.Throws<FeedbackUnavailableException>(() => EmbeddedRedis.Start(folder.Path, Small));
        Assert.Contains($"{folder.File("garnet")} does not start", error.Message, StringComparison.Ordinal);
        File.WriteAllBytes(info, whole);
        await CheckAsync(folder);
    }

    static async Task FillToACheckpointAsync(TemporaryFolder folder)
    {
        await using var embedded = EmbeddedRedis.Start(folder.Path, Small);
        await using var connection = await TestStore.ConnectAsync(Patient(folder));
        await FillAsync(connection);
        await CheckAsync(connection);
        await Eventually.HoldsAsync("a checkpoint was taken", () => Checkpoints(folder.Path).Any(path => new FileInfo(path).Length > 0));
    }

    /// <summary>The files that describe a checkpoint's content, written when it is whole.</summary>
    internal static IEnumerable<string> Checkpoints(string folder) =>
        Directory.EnumerateFiles(folder, "info.dat*", SearchOption.AllDirectories)
            .Where(path => path.Contains("cpr-checkpoints", StringComparison.Ordinal));

    static async Task CheckAsync(TemporaryFolder folder)
    {
        await using var embedded = EmbeddedRedis.Start(folder.Path, Small);
        await using var connection = await TestStore.ConnectAsync(Patient(folder));
        await CheckAsync(connection);
    }

    internal static async Task FillAsync(RedisConnection connection)
    {
        var store = new BattleStore(connection, new FakeTimeProvider(Some.Now));
        for (var i = 0; i < Battles; i++)
        {
            var battle = Some.Battle($"b{i}", prompt: $"question {i}");
            await store.OpenAsync(battle with { A = battle.A with { Text = Text(i) }, B = battle.B with { Text = Text(-i) } });
            Assert.Equal(VoteOutcome.Stored, (await store.VoteAsync(Some.Vote($"b{i}"))).Outcome);
        }
    }

    static async Task CheckAsync(RedisConnection connection)
    {
        var number = 0;
        await foreach (var vote in new VoteCursor(connection).ReadAsync(0))
        {
            Assert.Equal(($"b{number}", number + 1), (vote.Id, (int)vote.Number));
            Assert.Equal(Text(number), vote.Battle.A.Text);
            number++;
        }
        Assert.Equal(Battles, number);
    }

    static string Text(int seed) => new((char)('a' + (Math.Abs(seed) % 26)), TextLength + seed);
}

// The trainer's start: a catalogue it cannot write to, damaged rounds, and what it does not repeat after a restart.
using Majlis.Feedback.Store;
using Majlis.Model;
using Majlis.tests.Support;
using Majlis.Trainer;
using Majlis.Trainer.Rounds;
using Xunit;

namespace Majlis.tests.Trainer;

public sealed class TrainerStarts : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly List<string> said = [];

    public void Dispose() => folder.Dispose();

    TrainerOptions Options => new()
    {
        Catalog = folder.File("catalog"),
        Data = folder.File("data"),
        Model = Some.TinyModel,
        Round = new() { Policy = "small" },
        Once = true,
    };

    [Fact]
    public async Task A_catalogue_that_cannot_be_written_ends_in_words()
    {
        Directory.CreateDirectory(folder.File("catalog", ".rounds", "lock"));
        Assert.Equal(TrainerExit.Failed, await RunAsync(Options));
        Assert.Contains("cannot be written", Assert.Single(said), StringComparison.Ordinal);
        said.Clear();
        Directory.CreateDirectory(folder.File("other"));
        await File.WriteAllTextAsync(folder.File("other", ".rounds"), "a file", TestContext.Current.CancellationToken);
        Assert.Equal(TrainerExit.Failed, await RunAsync(Options with { Catalog = folder.File("other") }));
        Assert.Contains("--catalog", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lock_that_another_trainer_holds_is_told_from_that()
    {
        using var held = RoundFolders.Lock(folder.File("catalog"));
        Assert.Equal(TrainerExit.Failed, await RunAsync(Options));
        Assert.StartsWith("Another trainer works on the rounds", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restarted_trainer_begins_no_round_that_can_only_end_as_the_last_one_did()
    {
        await using var store = EmbeddedRedis.Start(folder.File("data"));
        Assert.Equal(TrainerExit.NotEnoughEvidence, await RunAsync(Options));
        Assert.Equal(["0001"], Rounds());

        await RunUntilAsync("waiting for 50 new votes", Options with { Once = false });
        Assert.Equal(["0001"], Rounds());

        // With other options, or with --once, it begins.
        await RunUntilAsync("not promoted", Options with { Once = false, Round = new() { Policy = "standard" } });
        Assert.Equal(["0001", "0002"], Rounds());
        Assert.Equal(TrainerExit.NotEnoughEvidence, await RunAsync(Options));
        Assert.Equal(["0001", "0002", "0003"], Rounds());
    }

    [Fact]
    public async Task A_running_trainer_begins_no_first_round_without_votes()
    {
        await using var store = EmbeddedRedis.Start(folder.File("data"));
        await RunUntilAsync("waiting for 50 new votes", Options with { Once = false });
        Assert.Empty(Rounds());
    }

    [Fact]
    public async Task A_damaged_round_is_named_with_the_way_out()
    {
        await using var store = EmbeddedRedis.Start(folder.File("data"));
        Directory.CreateDirectory(folder.File("catalog", ".rounds", "0001"));
        var start = folder.File("catalog", ".rounds", "0001", "start.json");
        await File.WriteAllTextAsync(start, "{", TestContext.Current.CancellationToken);
        Assert.Equal(TrainerExit.Failed, await RunAsync(Options));
        Assert.Contains(said, line => line.StartsWith($"{start} is damaged", StringComparison.Ordinal) && line.Contains("Delete the f"));
    }

    [Fact]
    public async Task Without_a_name_it_starts_from_the_starter_if_that_is_whole()
    {
        await using var store = EmbeddedRedis.Start(folder.File("data"));
        var starter = TinyStarter.Lay(folder.Path);
        Assert.Equal(TrainerExit.NotEnoughEvidence, await RunAsync(Options with { Model = null }));

        await File.AppendAllTextAsync(Path.Combine(starter, "config.json"), " ", TestContext.Current.CancellationToken);
        said.Clear();
        Assert.Equal(TrainerExit.Failed, await RunAsync(Options with { Model = null }));
        Assert.Contains(said, line => line.Contains(Path.Combine(starter, "config.json"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_name_or_a_starter_it_says_how_to_name_a_model()
    {
        await using var store = EmbeddedRedis.Start(folder.File("data"));
        Assert.Equal(TrainerExit.Failed, await RunAsync(Options with { Model = null }));
        Assert.Contains(said, line => line.Contains("--model PATH or ORG/NAME", StringComparison.Ordinal));
    }

    IEnumerable<string?> Rounds() =>
        Directory.EnumerateDirectories(folder.File("catalog", ".rounds")).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    Task<TrainerExit> RunAsync(TrainerOptions options) =>
        new TrainerHost(options, new Starter(folder.Path), TimeProvider.System, said.Add, new Progress<string>()).RunAsync();

    /// <summary>Runs a trainer that would not end, until it says a line with this beginning.</summary>
    static async Task RunUntilAsync(string line, TrainerOptions options)
    {
        var host = new TrainerHost(options, new Starter(), TimeProvider.System, said =>
        {
            if (said.StartsWith(line, StringComparison.Ordinal)) throw new OperationCanceledException(said);
            Assert.Fail($"said before '{line}': {said}");
        }, new Progress<string>());
        await Assert.ThrowsAsync<OperationCanceledException>(host.RunAsync);
    }
}

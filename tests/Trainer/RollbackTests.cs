// The trainer's rollback command on a catalogue of two versions, and where there is nothing to go back to.
using Majlis.CommandLine;
using Majlis.tests.Support;
using Majlis.Trainer;
using Xunit;

namespace Majlis.tests.Trainer;

public sealed class RollbackTests
{
    [Fact]
    public async Task The_pointer_goes_back_and_forth_between_two_versions()
    {
        using var round = new RoundFixture();
        Assert.Equal(1, await RollbackAsync(round.Folder));
        foreach (var version in new[] { "v0001", "v0002" })
        {
            round.Commit(version);
            var state = round.Catalog.State();
            Assert.True(round.Catalog.TrySwap(state, state.Promote(version), Moves.Promote));
        }
        Assert.Equal(0, await RollbackAsync(round.Folder));
        Assert.Equal(("v0001", "v0002"), (round.Catalog.State().Current, round.Catalog.State().Previous));
        Assert.Equal(0, await RollbackAsync(round.Folder));
        Assert.Equal("v0002", round.Catalog.State().Current);
    }

    [Fact]
    public async Task Behind_the_first_promotion_the_pointer_goes_back_to_no_version()
    {
        using var round = new RoundFixture();
        round.Commit("v0001");
        Assert.True(round.Catalog.TrySwap(round.Catalog.State(), round.Catalog.State().Promote("v0001"), Moves.Promote));
        Assert.Equal(0, await RollbackAsync(round.Folder));
        Assert.Equal((null, "v0001"), (round.Catalog.State().Current, round.Catalog.State().Previous));
        Assert.Equal(0, await RollbackAsync(round.Folder));
        Assert.Equal(("v0001", null), (round.Catalog.State().Current, round.Catalog.State().Previous));
    }

    [Fact]
    public async Task A_rollback_leaves_an_audit_record_with_who_and_why()
    {
        using var round = new RoundFixture();
        foreach (var version in new[] { "v0001", "v0002" })
        {
            round.Commit(version);
            var state = round.Catalog.State();
            Assert.True(round.Catalog.TrySwap(state, state.Promote(version), Moves.Promote));
        }
        Assert.Equal(0, await RollbackAsync(round.Folder, "--reason", "v0002 is rude"));
        var move = round.Catalog.WaitingMoves()[^1].Move;
        Assert.Equal(("rollback", "v0002", "v0001", "v0002 is rude"), (move.Action, move.From, move.To, move.Reason));
        Assert.Equal($"{Environment.UserName}@{Environment.MachineName}", move.By);
    }

    [Fact]
    public async Task A_damaged_version_is_not_gone_back_to()
    {
        using var round = new RoundFixture();
        foreach (var version in new[] { "v0001", "v0002" })
        {
            round.Commit(version);
            var state = round.Catalog.State();
            Assert.True(round.Catalog.TrySwap(state, state.Promote(version), Moves.Promote));
        }
        await File.AppendAllTextAsync(Path.Combine(round.Catalog.ServePath("v0001"), "config.json"), " ",
            TestContext.Current.CancellationToken);
        Assert.Equal(1, await RollbackAsync(round.Folder));
        Assert.Equal("v0002", round.Catalog.State().Current);
    }

    static Task<int> RollbackAsync(string catalog, params string[] more) =>
        TrainerCommand.Build(new OptionSources(_ => null), _ => Task.FromResult(0)).RunAsync(["rollback", "--catalog", catalog, .. more]);
}

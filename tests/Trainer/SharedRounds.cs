// A round beside others that use the same folders: operators, other trainers, other readers, votes on other models.
using Majlis.Evaluation;
using Majlis.Feedback.Votes;
using Majlis.tests.Support;
using Majlis.Trainer.Rounds;
using Xunit;

namespace Majlis.tests.Trainer;

public sealed class SharedRounds
{
    [Fact]
    public async Task A_version_is_numbered_above_all_others_though_some_were_deleted()
    {
        using var round = new RoundFixture();
        round.Commit("v0002");
        Assert.Equal("v0003", (await round.RunAsync()).Version);
        Assert.Equal(["v0002", "v0003"], round.Catalog.Versions());
        Assert.Equal("v0003", round.Catalog.State().Current);
    }

    [Fact]
    public async Task A_deleted_version_that_the_pointer_still_names_gives_its_number_to_nobody()
    {
        using var round = new RoundFixture { Votes = Some.Votes(6) };
        foreach (var version in new[] { "v0001", "v0002" })
        {
            round.Commit(version);
            Assert.True(round.Catalog.TrySwap(round.Catalog.State(), round.Catalog.State().Promote(version), Moves.Promote));
        }
        Assert.True(round.Catalog.TrySwap(round.Catalog.State(), round.Catalog.State().RollBack(), Moves.Rollback));
        Directory.Delete(Path.Combine(round.Folder, "v0002"), recursive: true);
        await round.RunAsync();
        Assert.Contains("\"v0003\"", File.ReadAllText(Path.Combine(round.First, "start.json")));
    }

    [Fact]
    public async Task Another_version_under_the_rounds_name_is_never_promoted_in_its_place()
    {
        using var round = new RoundFixture();
        round.Watch = line =>
        {
            if (line == "stage gate") round.Commit("v0001");
        };
        var error = await Assert.ThrowsAsync<RoundConflictException>(() => round.RunAsync());
        Assert.Contains("v0001: this version was not made by the round in ", error.Message);
        Assert.Null(round.Catalog.State().Current);
    }

    [Fact]
    public async Task A_promotion_that_an_operator_took_back_is_not_repeated_by_a_trainer_killed_meanwhile()
    {
        using var round = new RoundFixture();
        round.Commit("v0001");
        Assert.True(round.Catalog.TrySwap(round.Catalog.State(), round.Catalog.State().Promote("v0001"), Moves.Promote));
        round.Watch = line =>
        {
            if (line != "stage swap") return;
            Assert.True(round.Catalog.TrySwap(round.Catalog.State(), round.Catalog.State().Promote("v0002"), Moves.Promote));
            Assert.True(round.Catalog.TrySwap(round.Catalog.State(), round.Catalog.State().RollBack(), Moves.Rollback));
            throw new OperationCanceledException("killed between the swap and its record");
        };
        await Assert.ThrowsAsync<OperationCanceledException>(() => round.RunAsync());
        round.Watch = _ => { };
        var outcome = await round.RunAsync();
        Assert.Equal((false, true), (outcome.Promoted, outcome.Judged));
        Assert.Equal("v0001", round.Catalog.State().Current);
    }

    [Fact]
    public async Task A_move_that_leaves_the_current_version_does_not_cost_the_promotion()
    {
        using var round = new RoundFixture();
        round.Commit("v0001");
        var moves = 0;
        round.Watch = line =>
        {
            if (line != "stage swap" || moves++ > 0) return;
            var state = round.Catalog.State();
            Assert.True(round.Catalog.TrySwap(state, state with { Candidate = "v0001", Share = 0.1 }, Moves.Promote));
        };
        Assert.True((await round.RunAsync()).Promoted);
        Assert.Equal("v0002", round.Catalog.State().Current);
    }

    [Fact]
    public async Task A_pointer_moved_away_during_the_round_leaves_the_votes_to_the_next()
    {
        using var round = new RoundFixture();
        round.Watch = line =>
        {
            if (line != "stage gate") return;
            round.Commit("other");
            Assert.True(round.Catalog.TrySwap(round.Catalog.State(), round.Catalog.State().Promote("other"), Moves.Promote));
        };
        var outcome = await round.RunAsync();
        Assert.Equal((GateDecision.Promote, false, false), (outcome.Decision, outcome.Promoted, outcome.Judged));
        Assert.Equal(0, round.Advanced);
    }

    [Fact]
    public async Task An_unfinished_round_is_gone_on_with_under_its_own_reader_only()
    {
        using var round = new RoundFixture { Votes = Some.Votes(6) };
        round.Watch = line =>
        {
            if (line == "stage pairs") throw new OperationCanceledException();
        };
        await Assert.ThrowsAsync<OperationCanceledException>(() => round.RunAsync());
        round.Watch = _ => { };
        round.Reader = "other";
        var error = await Assert.ThrowsAsync<RoundConflictException>(() => round.RunAsync());
        Assert.Contains("0001: this round was begun under --reader trainer; ", error.Message);
        round.Reader = "trainer";
        Assert.Equal(GateDecision.NotEnoughEvidence, (await round.RunAsync()).Decision);
    }

    [Fact]
    public void Two_trainers_do_not_work_on_one_catalogues_rounds()
    {
        using var round = new RoundFixture();
        using (RoundFolders.Lock(round.Folder))
        {
            var locked = Assert.Throws<RoundConflictException>(() => RoundFolders.Lock(round.Folder));
            Assert.Contains(Path.Combine(round.Folder, ".rounds"), locked.Message);
        }
        RoundFolders.Lock(round.Folder).Dispose();
    }

    [Fact]
    public async Task Votes_on_the_model_before_the_promotion_count_afterwards()
    {
        using var round = new RoundFixture();
        Assert.True((await round.RunAsync()).Promoted);
        round.Reader = "another";
        await round.RunAsync();
        Assert.Contains(round.Said, line => line.StartsWith("round for v0002: ", StringComparison.Ordinal) && !line.Contains("left out"));
    }

    [Theory, InlineData(true, false), InlineData(false, true), InlineData(true, true)]
    public void Votes_on_answers_of_another_model_are_counted_and_left_out(bool a, bool b)
    {
        BattleSide Of(BattleSide side, bool other) => other ? side with { Version = "another model's hash" } : side;
        var votes = Some.Votes(8).Select((vote, index) => index > 2 ? vote
            : vote with { Battle = vote.Battle with { A = Of(vote.Battle.A, a), B = Of(vote.Battle.B, b) } }).ToArray();
        var pairs = RoundVotes.Pairs(0, votes, new HashSet<string> { Some.WeightsHash }, int.MaxValue, RoundFixture.Options);
        Assert.Equal(5, pairs.Training.Length + pairs.HeldOut.Length);
        Assert.Equal(3, pairs.Excluded[RoundVotes.OtherModel]);
        Assert.Equal((8, 8L), (pairs.Votes, pairs.Through));
    }

    [Fact]
    public async Task Erased_votes_after_the_last_one_that_is_left_have_been_seen_too()
    {
        using var round = new RoundFixture { Votes = Some.Votes(6), Newest = 70 };
        Assert.Equal(70, (await round.RunAsync()).Through);
    }

    [Fact]
    public void Held_out_pairs_of_fewer_voters_than_the_gate_asks_for_cost_no_training()
    {
        var options = RoundFixture.Options with { Policy = "standard", HeldOutPercent = 90 };
        var pairs = RoundVotes.Pairs(0, Some.Votes(400), new HashSet<string> { Some.WeightsHash }, int.MaxValue, options);
        Assert.True(pairs.HeldOut.Length >= GatePolicy.Standard.LeastItems);
        Assert.Equal(GateDecision.NotEnoughEvidence, RoundVotes.TooFew(pairs, options)!.Decision);
        var voters = pairs with { HeldOut = [.. pairs.HeldOut.Select((pair, index) => pair with { Voter = $"voter-{index % 5}" })] };
        Assert.Null(RoundVotes.TooFew(voters, options));
    }
}

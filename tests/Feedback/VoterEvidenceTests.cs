// Voters who disagree with all others are found by a test that honest voters pass; checked against reference numbers.
using System.Text.Json;
using Majlis.Feedback.Pairs;
using Majlis.Feedback.Votes;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Feedback;

public sealed class VoterEvidenceTests
{
    const double Tolerance = 1e-9;

    static string Path => Shared.Golden("arena", "voter_integrity.json");

    public static TheoryData<string> Cases()
    {
        if (!File.Exists(Path)) return ["absent"];
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path));
        var voters = document.RootElement.GetProperty("voters").EnumerateArray();
        return [.. voters.Select((voter, i) => $"{i} {voter.GetProperty("voter").GetString()}")];
    }

    /// <summary>Does not compare the columns of FastChat's detector, which is no valid test where ties are many.</summary>
    [Theory, Trait("Golden", "Arena"), MemberData(nameof(Cases))]
    public void The_evidence_equals_the_reference_after_every_vote(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Shared.Require(Path)));
        var histories = document.RootElement.GetProperty("history_win_tie_loss_of_first");
        var voter = document.RootElement.GetProperty("voters")[int.Parse(name.Split(' ')[0], null)];
        var (evidence, worst, flagged, seen) = (new VoterEvidence(), 0.0, null as int?, 0);
        var trace = voter.GetProperty("trace_pair_vote_pupper_plower_lnMupper_lnMlower_lnEuniform_lnEreversed_lnEmean");
        foreach (var row in trace.EnumerateArray())
        {
            var history = histories.GetProperty($"{row[0][0]}/{row[0][1]}");
            evidence.Add(new PairHistory(history[0].GetDouble(), history[1].GetDouble(), history[2].GetDouble()), row[1].GetDouble());
            foreach (var (value, column) in new[] { (evidence.LogUniform, 6), (evidence.LogReversed, 7), (evidence.LogMean, 8) })
                worst = Math.Max(worst, Math.Abs(value - row[column].GetDouble()));
            seen++;
            if (evidence.Exceeds(voter.GetProperty("alpha").GetDouble())) flagged ??= seen;
        }
        GoldenReport.Line("Arena", $"voter_integrity/{name}", worst, Tolerance);
        Assert.InRange(worst, 0, Tolerance);
        Assert.Equal(voter.GetProperty("e_process_flag_after_votes").ToString(), $"{flagged}");
    }

    [Fact]
    public void Who_votes_against_all_others_weighs_less_and_a_lone_voter_is_not_doubted()
    {
        var votes = Enumerable.Range(0, 60).Select(i => Stored(i, $"v{i % 6}", Verdict.A))
            .Concat(Enumerable.Range(60, 15).Select(i => Stored(i, "contrary", Verdict.B))).ToList();
        var options = new PairOptions { HeldOutPercent = 0, VoterShare = 1 };
        var set = PreferencePairs.Build(votes, options);
        Assert.Equal(15, set.Doubts[Doubt.Outlier]);
        Assert.All(set.Training, pair => Assert.Equal(pair.Voter == "contrary" ? 1 : 2, pair.Weight));
        Assert.Empty(PreferencePairs.Build(votes.Where(vote => vote.Vote.Voter == "contrary"), options).Doubts);
    }

    static StoredVote Stored(int number, string voter, Verdict verdict) =>
        new(number, Some.Battle($"b{number}", voter, $"question {number}"), Some.Vote($"b{number}", verdict, voter), Some.Now);
}

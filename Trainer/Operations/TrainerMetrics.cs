// The numbers that Prometheus reads from a running trainer: rounds and their verdicts, the gate's counts, beside those of its training.
// Knows no address and no text.
using System.Text.Json;
using Majlis.Evaluation;
using Majlis.Trainer.Rounds;
using Prometheus;

namespace Majlis.Trainer.Operations;

sealed class TrainerMetrics
{
    /// <summary>Verdicts as the label says them; <c>unfinished</c> is a round that stopped on its way and is tried again.</summary>
    static readonly string[] verdicts = ["promoted", "refused", "not_enough_evidence", "unfinished"];

    readonly Counter rounds;
    readonly Gauge refusedInARow, votesNeeded, heldOut, critical, p, ended;

    public TrainerMetrics()
    {
        var make = Training.Make;
        rounds = make.CreateCounter("majlis_rounds_total", "Rounds by how they ended.", "verdict");
        foreach (var verdict in verdicts) rounds.WithLabels(verdict).Inc(0);
        refusedInARow = make.CreateGauge("majlis_rounds_refused_in_a_row", "Candidates refused since one was promoted.");
        votesNeeded = make.CreateGauge("majlis_gate_votes_needed", "Votes that the last verdict lacked; 0 where it had enough.");
        heldOut = make.CreateGauge("majlis_gate_held_out_pairs", "Held-out pairs of the last verdict.", "result");
        critical = make.CreateGauge("majlis_gate_critical_items", "Items of a critical capability in the last verdict.", "capability",
            "result");
        p = make.CreateGauge("majlis_gate_p_value", "Exact one-sided p of the last verdict's held-out pairs.", "claim");
        ended = make.CreateGauge("majlis_round_last_end_timestamp_seconds", "When the last round ended.");
    }

    public TrainingMetrics Training { get; } = new();

    public CollectorRegistry Registry => Training.Registry;

    /// <summary>Candidates refused in a row before this process began.</summary>
    public void RefusedBefore(int count) => refusedInARow.Set(count);

    public void Judged(GateVerdict verdict)
    {
        votesNeeded.Set(verdict.VotesNeeded);
        var pairs = verdict.Evidence.Preference;
        Set(heldOut, [], pairs);
        p.WithLabels("better").Set(pairs.BetterP);
        p.WithLabels("worse").Set(pairs.WorseP);
        foreach (var capability in verdict.Evidence.Critical)
            Set(critical, [JsonNamingPolicy.SnakeCaseLower.ConvertName(capability.Name).Replace(' ', '_')], capability.Counts);
    }

    /// <param name="outcome">Null where the round stopped on its way.</param>
    public void Ended(RoundOutcome? outcome, DateTimeOffset now)
    {
        rounds.WithLabels(Verdict(outcome)).Inc();
        if (outcome is null) return;
        ended.Set(now.ToUnixTimeSeconds());
        if (outcome.Promoted) refusedInARow.Set(0);
        else if (outcome.Decision == GateDecision.Refuse) refusedInARow.Inc();
    }

    static void Set(Gauge gauge, string[] labels, PairedCounts counts)
    {
        foreach (var (result, count) in new[]
        {
            ("gained", counts.Gained), ("lost", counts.Lost), ("both_right", counts.BothRight), ("both_wrong", counts.BothWrong),
        })
            gauge.WithLabels([.. labels, result]).Set(count);
    }

    static string Verdict(RoundOutcome? outcome) => outcome switch
    {
        null => "unfinished",
        { Promoted: true } => "promoted",
        { Decision: GateDecision.Refuse } => "refused",
        _ => "not_enough_evidence",
    };
}

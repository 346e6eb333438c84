// The trainer as a process: finds the votes, runs rounds, says how they ended. Knows the console and the clock; the rest is passed on.
using Majlis.Evaluation;
using Majlis.Feedback;
using Majlis.Merge;
using Majlis.Model;
using Majlis.Model.Catalog;

namespace Majlis.Trainer;

/// <summary>Exit codes of <c>--once</c>.</summary>
public enum TrainerExit
{
    Promoted = 0,
    Failed = 1,
    WrongOptions = 2,
    Refused = 3,
    NotEnoughEvidence = 4,
}

sealed class TrainerHost(TrainerOptions options, TimeProvider time, Action<string> say)
{
    static readonly TimeSpan interval = TimeSpan.FromSeconds(5);

    // Nobody waits for the trainer's answer, and it shares its machine with a server at work.
    static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

    readonly ModelCatalog catalog = new(options.Catalog, time);

    /// <summary>Rounds until cancelled, or one.</summary>
    public async Task<TrainerExit> RunAsync(CancellationToken stop)
    {
        await WaitForServerAsync(stop);
        await using var connection = new RedisConnection(new RedisOptions { Redis = options.Redis, DataFolder = options.Data, Patience = patience });
        await WaitForStoreAsync(connection, stop);
        var cursor = new VoteCursor(connection);
        while (true)
        {
            var exit = await TryRoundAsync(cursor);
            if (options.Once) return exit;
            await WaitForVotesAsync(cursor, stop);
        }
    }

    async Task<TrainerExit> TryRoundAsync(VoteCursor cursor)
    {
        try
        {
            var outcome = await OpenRound(cursor).RunAsync();
            say($"{(outcome.Promoted ? "promoted" : "not promoted")}: {outcome.Version ?? "no version was made"} ({outcome.Decision}" +
                (outcome.VotesNeeded > 0 ? $", about {outcome.VotesNeeded} more votes needed" : "") + ")\n" +
                string.Join('\n', outcome.Reasons.Select(reason => "  - " + reason)));
            return outcome switch
            {
                { Promoted: true } => TrainerExit.Promoted,
                { Decision: GateDecision.NotEnoughEvidence } => TrainerExit.NotEnoughEvidence,
                _ => TrainerExit.Refused,
            };
        }
        catch (Exception error) when (error is ModelFormatException or MergeRecipeException or FeedbackUnavailableException or CorruptRecordException or IOException)
        {
            say($"the round could not be finished and will go on where it was: {error.Message}");
            return TrainerExit.Failed;
        }
    }

    /// <summary>The unfinished round where there is one, else a new one.</summary>
    Round OpenRound(VoteCursor cursor)
    {
        var parts = new RoundParts(catalog, options.Model, async after => await ReadAsync(cursor, after), () => cursor.PositionAsync(options.Reader),
            number => cursor.AdvanceAsync(options.Reader, number), CandidateGate.Safety, say, time);
        return new Round(RoundFolders.Open(options.Catalog, _ => { }), parts, options.Round());
    }

    static async Task<IReadOnlyList<StoredVote>> ReadAsync(VoteCursor cursor, long after)
    {
        var votes = new List<StoredVote>();
        await foreach (var vote in cursor.ReadAsync(after)) votes.Add(vote);
        return votes;
    }

    async Task WaitForServerAsync(CancellationToken stop)
    {
        if (options.Redis is not null || RedisAddress.TryRead(options.Data) is not null) return;
        say($"waiting for a server: {Path.Combine(options.Data, RedisAddress.FileName)} is not there yet");
        while (RedisAddress.TryRead(options.Data) is null) await Task.Delay(interval, time, stop);
    }

    async Task WaitForStoreAsync(RedisConnection connection, CancellationToken stop)
    {
        while (await connection.StateAsync() is { Answers: false } away)
        {
            say($"waiting for the vote store: {away.Says}");
            await Task.Delay(interval, time, stop);
        }
    }

    async Task WaitForVotesAsync(VoteCursor cursor, CancellationToken stop)
    {
        say($"waiting for {options.Votes} new votes");
        while (true)
        {
            await Task.Delay(interval, time, stop);
            try
            {
                if (await cursor.NewestAsync() - await cursor.PositionAsync(options.Reader) >= options.Votes) return;
            }
            catch (FeedbackUnavailableException away)
            {
                say($"the vote store is away, waiting: {away.Message}");
            }
        }
    }
}

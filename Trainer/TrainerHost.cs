// The trainer as a process: finds the votes, runs rounds, reports their ends. Knows the console and the clock.
using Majlis.Evaluation;
using Majlis.Feedback.Store;
using Majlis.Hub;
using Majlis.Merge;
using Majlis.Model;
using Majlis.Model.Catalog;
using Majlis.Text;
using Majlis.Trainer.Data;
using Majlis.Trainer.Operations;
using Majlis.Trainer.Rounds;

namespace Majlis.Trainer;

/// <summary>Exit codes of <c>--once</c>.</summary>
public enum TrainerExit
{
    Promoted = 0,
    Failed = 1,
    Refused = 3,
    NotEnoughEvidence = 4,
}

sealed class TrainerHost(TrainerOptions options, Starter starter, TimeProvider time, Action<string> say, IProgress<string> progress)
{
    // Nobody waits for the trainer's answer, and it shares its machine with a busy server.
    static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

    readonly ModelCatalog catalog = new(options.Catalog, time);
    readonly TrainerMetrics metrics = new();
    string? failure;

    /// <summary>Runs rounds without end, or one.</summary>
    public async Task<TrainerExit> RunAsync()
    {
        try
        {
            using var held = RoundFolders.Lock(options.Catalog);
            metrics.RefusedBefore(RoundFolders.RefusedInARow(options.Catalog));
            using var address = new MetricsAddress(MetricsAddress.Split(options.MetricsUrls), metrics.Registry);
            return await WorkAsync();
        }
        catch (Exception stop) when (stop is RoundConflictException or IOException or UnauthorizedAccessException)
        {
            say(stop.Message);
            return TrainerExit.Failed;
        }
    }

    async Task<TrainerExit> WorkAsync()
    {
        await WaitForServerAsync();
        await using var connection = new RedisConnection(Where());
        await WaitForStoreAsync(connection);
        var votes = VoteSource.Of(new VoteCursor(connection), new VoterErasure(connection, time), options.Reader);
        var audit = new AuditStream(connection);
        await KeepMovesAsync(audit);
        var pause = new RoundPause(votes, options.Votes, time, say);
        if (!options.Once) await WaitForRoundAsync(pause);
        while (true)
        {
            var outcome = await TryRoundAsync(votes);
            await KeepMovesAsync(audit);
            metrics.Ended(outcome, time.GetUtcNow());
            if (options.Once) return ExitOf(outcome);
            await pause.AfterAsync(outcome);
        }
    }

    /// <summary>A round under way goes on at once; a first one, or one like the last, needs its votes.</summary>
    async Task WaitForRoundAsync(RoundPause pause)
    {
        if (RoundFolders.IsEmpty(options.Catalog)) await pause.BeforeFirstAsync();
        else if (Seen() is { } last) await pause.AfterAsync(last);
    }

    /// <summary>The outcome of this reader's last round; null where none ended, or where other options may change it.</summary>
    RoundOutcome? Seen() => RoundFolders.LastEnded(options.Catalog) is { } last && last.Start.Reader == options.Reader
        && last.Start.Options == options.Round ? last.Outcome : null;

    static TrainerExit ExitOf(RoundOutcome? outcome) => outcome switch
    {
        null => TrainerExit.Failed,
        { Promoted: true } => TrainerExit.Promoted,
        { Decision: GateDecision.NotEnoughEvidence } => TrainerExit.NotEnoughEvidence,
        _ => TrainerExit.Refused,
    };

    /// <summary>Null where the round stopped on its way; a cause that stops every try is reported once.</summary>
    async Task<RoundOutcome?> TryRoundAsync(VoteSource votes)
    {
        try
        {
            var round = await OpenRoundAsync(votes);
            var outcome = await round.RunAsync();
            failure = null;
            say($"{(outcome.Promoted ? "promoted" : "not promoted")}: {outcome.Version ?? "no version was made"} ({outcome.Decision}" +
                (outcome.VotesNeeded > 0 ? $", about {outcome.VotesNeeded} more votes needed" : "") + ")\n" +
                string.Join('\n', outcome.Reasons.Select(reason => "  - " + reason)));
            Prune();
            return outcome;
        }
        catch (Exception error) when (error is ModelFormatException or MergeRecipeException or FeedbackUnavailableException
            or CorruptRecordException or DataException or HubException or IOException or UnauthorizedAccessException)
        {
            if (error.Message != failure) say($"the round could not be finished and will go on where it was: {error.Message}");
            failure = error.Message;
            return null;
        }
    }

    /// <summary>The round has ended whether there is room or not, so an error here is only reported.</summary>
    void Prune()
    {
        try
        {
            foreach (var version in catalog.Prune(options.Keep))
                say($"deleted {version}: older than the newest {options.Keep} (--keep), "
                    + "and neither current, previous nor the current's parent");
        }
        catch (Exception error) when (error is ModelFormatException or IOException or UnauthorizedAccessException)
        {
            say($"old versions could not be deleted: {error.Message}");
        }
    }

    /// <summary>Keeps the pointer's moves in the store; what cannot be kept now waits in the catalogue, for servers to keep too.</summary>
    async Task KeepMovesAsync(AuditStream audit)
    {
        try
        {
            foreach (var waiting in catalog.WaitingMoves())
            {
                await audit.AppendAsync(waiting.Id, waiting.Move.At, waiting.Json);
                catalog.Kept(waiting);
            }
        }
        catch (Exception error) when (error is ModelFormatException or FeedbackUnavailableException or IOException
            or UnauthorizedAccessException)
        {
            say($"a move of the pointer is not in the audit yet: {error.Message}");
        }
    }

    /// <summary>The unfinished round if there is one, else a new one.</summary>
    async Task<Round> OpenRoundAsync(VoteSource votes)
    {
        var parts = new RoundParts(catalog, await ModelPathAsync(), votes, CandidateGate.Safety, say, progress, time)
        {
            Stepped = metrics.Training.Stepped,
            Judged = metrics.Judged,
            ExpertJobs = options.ExpertJobs,
            Tasks = options.Tasks is { } tasks ? AnswerTasks.Read(tasks) : [],
        };
        return new Round(RoundFolders.Open(options.Catalog, _ => { }), parts, options.Round);
    }

    /// <summary>
    /// The named model, or the starter, while the catalogue points to no version; a model of the hub is then downloaded. Else null.
    /// </summary>
    async Task<string?> ModelPathAsync()
    {
        if (catalog.State().Current is not null || (options.Model ?? starter.Folder) is not { } name) return null;
        starter.Check(name);
        return Path.Exists(name) ? name : await HubModel.ResolveAsync(name, progress);
    }

    RedisOptions Where() => new()
    {
        Redis = options.Redis,
        Password = options.RedisLogin.Secret(),
        DataFolder = options.Data,
        Patience = patience,
    };

    async Task WaitForServerAsync()
    {
        var address = Path.Combine(options.Data, RedisAddress.FileName);
        if (options.Redis is not null || File.Exists(address)) return;
        say($"waiting for a server: {address} is not there yet");
        while (!File.Exists(address)) await Task.Delay(RoundPause.Interval, time);
    }

    async Task WaitForStoreAsync(RedisConnection connection)
    {
        while (await connection.StateAsync() is { Answers: false } away)
        {
            say($"waiting for the vote store: {away.SaysAll}");
            await Task.Delay(RoundPause.Interval, time);
        }
    }
}

// Keeps the moves of the catalogue's pointer in the store, whoever made them: the server's own, the trainer's, a rollback on the command
// line. What cannot be kept now is tried again. Knows no request.
using Majlis.Feedback.Store;
using Majlis.Model.Catalog;
using Majlis.Server.Operations;
using Majlis.Text;

namespace Majlis.Server.Catalog;

sealed class AuditKeeper(ModelCatalog catalog, AuditStream audit, TimeProvider time, ILogger<AuditKeeper> log) : BackgroundService
{
    static readonly TimeSpan interval = TimeSpan.FromSeconds(2);

    readonly SemaphoreSlim keeping = new(1, 1);

    // Kept, but not removed from a catalogue that this server may only read; its writers remove them.
    readonly HashSet<string> kept = [];

    // Logged once, not at every try.
    string? failure;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        do await KeepAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Keeps what waits; a failure is logged and the rest waits on.</summary>
    public async Task KeepAsync(CancellationToken cancellation)
    {
        await keeping.WaitAsync(cancellation);
        try
        {
            foreach (var waiting in catalog.WaitingMoves()) await KeepAsync(waiting);
            failure = null;
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or ModelFormatException
            or FeedbackUnavailableException)
        {
            if (failure != broken.Message) log.MovesWait(broken.Message);
            failure = broken.Message;
        }
        finally
        {
            keeping.Release();
        }
    }

    async Task KeepAsync(WaitingMove waiting)
    {
        if (kept.Contains(waiting.Id)) return;
        await audit.AppendAsync(waiting.Id, waiting.Move.At, waiting.Json);
        var move = waiting.Move;
        log.PointerMoved(move.By, move.Action, move.From ?? "nothing", move.To ?? "nothing", move.Generation);
        try
        {
            catalog.Kept(waiting);
        }
        catch (Exception readOnly) when (readOnly is IOException or UnauthorizedAccessException)
        {
            kept.Add(waiting.Id);
        }
    }
}

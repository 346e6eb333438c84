// One batch from its first line to its files. What was answered before a restart is not asked again. Knows no HTTP.
using Majlis.Server.Files;
using Majlis.Server.Wire;

namespace Majlis.Server.Batches;

sealed class BatchRun(BatchInput input, BatchStore store, BatchCalls calls, FileStore files, IdSource ids, TimeProvider time)
{
    /// <summary>Lines that are asked at a time: enough for the engine to compute them together.</summary>
    const int AtATime = 16;

    /// <summary>A busy server is asked again after so long.</summary>
    static readonly TimeSpan patience = TimeSpan.FromSeconds(1);

    /// <summary>Runs what is left of a batch.</summary>
    /// <param name="cancelled">The client has cancelled it.</param>
    /// <param name="stopping">The server stops: the rest is left for its next start.</param>
    /// <exception cref="OperationCanceledException">The server stops.</exception>
    public async Task RunAsync(StoredBatch batch, CancellationToken cancelled, CancellationToken stopping)
    {
        if (batch.Status == StoredBatch.Validating) batch = await BeginAsync(batch, stopping);
        // Cancelled before it began: none of its lines was read.
        if (!batch.IsOver && batch.InProgressAt is null)
            batch = store.Change(batch.Id, now => now with { Status = StoredBatch.Cancelled, CancelledAt = store.Now })!;
        if (!batch.IsOver) await AnswerAsync(batch, cancelled, stopping);
        store.DropInput(batch.Id);
    }

    async Task AnswerAsync(StoredBatch batch, CancellationToken cancelled, CancellationToken stopping)
    {
        using var answers = await BatchAnswers.OpenAsync(store.Folder, batch.Id);
        var left = DateTimeOffset.FromUnixTimeSeconds(batch.ExpiresAt) - time.GetUtcNow();
        using var expiry = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancelled, stopping, expiry.Token);
        if (left <= TimeSpan.Zero || batch.Status == StoredBatch.Cancelling) await ends.CancelAsync();
        try
        {
            await Parallel.ForEachAsync(Unanswered(batch, answers), new ParallelOptions
            {
                MaxDegreeOfParallelism = AtATime,
                CancellationToken = ends.Token,
            }, async (line, stop) => await AnswerAsync(batch, line, answers, stop));
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            stopping.ThrowIfCancellationRequested();
        }
        await EndAsync(batch, answers);
    }

    async Task<StoredBatch> BeginAsync(StoredBatch batch, CancellationToken stop)
    {
        var (lines, problems) = await input.CheckAsync(batch, stop);
        return store.Change(batch.Id, now => now.Status != StoredBatch.Validating ? now
            : problems.IsEmpty ? now with { Status = StoredBatch.InProgress, InProgressAt = store.Now, Counts = new(lines, 0, 0) }
            : now with { Status = StoredBatch.Failed, FailedAt = store.Now, Problems = problems, Counts = new(lines, 0, 0) })!;
    }

    async IAsyncEnumerable<BatchLine> Unanswered(StoredBatch batch, BatchAnswers answers)
    {
        await foreach (var line in input.ReadAsync(batch))
            if (!answers.Holds(line.Name)) yield return line;
    }

    async Task AnswerAsync(StoredBatch batch, BatchLine line, BatchAnswers answers, CancellationToken stop)
    {
        while (true)
        {
            var answer = await calls.SendAsync(batch.Endpoint, batch.Owner, line.Body, stop);
            stop.ThrowIfCancellationRequested();
            if (answer.IsForLater)
            {
                await Task.Delay(patience, time, stop);
                continue;
            }
            answers.Add(ids.Next("batch_req_"), line.Name, answer, null);
            store.Show(batch.Id, new(batch.Counts.Total, answers.Completed, answers.Failed));
            return;
        }
    }

    async Task EndAsync(StoredBatch batch, BatchAnswers answers)
    {
        var isCancelled = store.Find(batch.Id)!.Status == StoredBatch.Cancelling;
        (string Code, string Message) why = isCancelled ? ("batch_cancelled", "The batch was cancelled before this request was answered.")
            : ("batch_expired", "The request was not answered before the completion window was over.");
        var all = true;
        await foreach (var line in Unanswered(batch, answers))
        {
            all = false;
            answers.Add(ids.Next("batch_req_"), line.Name, null, why);
        }
        if (!isCancelled)
            store.Change(batch.Id, now => now with { Status = StoredBatch.Finalizing, FinalizingAt = store.Now });
        var (output, errors) = await answers.KeepAsync(files, batch.Owner, batch.OutputLife);
        store.Change(batch.Id, now => (isCancelled ? now with { Status = StoredBatch.Cancelled, CancelledAt = store.Now }
            : all ? now with { Status = StoredBatch.Completed, CompletedAt = store.Now }
            : now with { Status = StoredBatch.Expired, ExpiredAt = store.Now }) with
        {
            OutputFileId = output,
            ErrorFileId = errors,
            Counts = new(batch.Counts.Total, answers.Completed, answers.Failed),
        });
        answers.Delete();
    }
}

// Deletes files, uploads and vector stores that have expired, also where nobody asks for any. Knows nothing of what they hold.
using Majlis.Server.Files;
using Majlis.Server.Operations;
using Majlis.Server.VectorStores;

namespace Majlis.Server.Retention;

sealed class ExpirySweep(FileStore files, UploadStore uploads, StoreRecords stores, TimeProvider time, ILogger<ExpirySweep> log)
    : BackgroundService
{
    static readonly TimeSpan interval = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) Sweep();
    }

    void Sweep()
    {
        try
        {
            files.Sweep();
            uploads.Sweep();
            stores.Sweep();
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            log.StoreNotWritten(wrong.Message);
        }
    }
}

// The store where none is configured: Garnet inside this process, with an append-only file that outlives it. After a failed write
// Garnet can never write again, so it is restarted on its own files. Knows no battles; redis.json says how to reach it.
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Majlis.Feedback.Store;

public sealed class EmbeddedRedis : IAsyncDisposable
{
    // The system's code for a file that another process holds; every other error is told in its own words.
    const int WouldBlock = 11;
    const int WouldBlockOnMac = 35;
    const int SharingViolation = 32;

    readonly string dataFolder;
    readonly string folder;
    readonly EmbeddedParts parts;
    readonly ILogger log;
    readonly FileStream folderLock;
    readonly CancellationTokenSource stop = new();
    readonly Task watching;

    int ended;

    // Only the watch touches it once it has begun.
    GarnetRun? run;
    string? shortage;
    string? fault;

    EmbeddedRedis(string dataFolder, string folder, EmbeddedParts parts, ILogger log, FileStream folderLock)
    {
        (this.dataFolder, this.folder, this.parts, this.log, this.folderLock) = (dataFolder, folder, parts, log, folderLock);
        NoteRoom();
        try
        {
            run = Run();
        }
        catch (Exception error) when (shortage is not null && error is not OutOfMemoryException)
        {
            NoteFault(error.Message); // Chats are answered without votes until there is room.
        }
        watching = WatchAsync();
    }

    /// <exception cref="FeedbackUnavailableException">It waits for free space on its volume and has not started yet.</exception>
    public RedisAddress Address => run?.Address
        ?? throw new FeedbackUnavailableException(shortage ?? fault ?? "The vote store is starting.");

    /// <summary>
    /// Recovers what the folder holds, listens on a loopback port, and says so in <c>redis.json</c>. The last run's port and password
    /// are kept where the port is free, so that a waiting trainer finds the server again. Every file that this process makes from now
    /// on is its owner's alone.
    /// </summary>
    /// <exception cref="FeedbackUnavailableException">Another process uses the folder, or its content cannot be recovered.</exception>
    public static EmbeddedRedis Start(string dataFolder, ILoggerFactory? logs = null) =>
        Start(dataFolder, new EmbeddedParts { Logs = logs ?? NullLoggerFactory.Instance });

    internal static EmbeddedRedis Start(string dataFolder, EmbeddedParts parts)
    {
        var log = parts.Logs.CreateLogger("Majlis.Feedback");
        PrivateFolder.ForAllOfThisProcess();
        if (DataFolder.Prepare(dataFolder) is { } open) log.NotPrivate(open);
        var folder = Path.Combine(Path.GetFullPath(dataFolder), DataFolder.Store);
        PrivateFolder.Create(folder);
        var folderLock = Lock(folder);
        try
        {
            return new EmbeddedRedis(dataFolder, folder, parts, log, folderLock);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            folderLock.Dispose();
            throw new FeedbackUnavailableException($"The embedded store in {folder} does not start: {error.Message}", error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref ended, 1) != 0) return;
        await stop.CancelAsync();
        await watching;
        if (run is not null) await run.DisposeAsync();
        stop.Dispose();
        await folderLock.DisposeAsync();
    }

    async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(parts.Interval, parts.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token)) await CheckAsync();
        }
        catch (OperationCanceledException)
        {
            // The store ends.
        }
    }

    async Task CheckAsync()
    {
        NoteRoom();
        var found = run is null ? fault : await run.FaultAsync();
        if (found is null) return;
        NoteFault(found);
        if (shortage is not null) return;
        if (run is not null) await run.DisposeAsync();
        run = null;
        try
        {
            run = Run();
            fault = null;
            log.StartedAgain(folder);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            NoteFault(error.Message);
        }
    }

    GarnetRun Run()
    {
        var last = LastAddress();
        var started = GarnetRun.Start(folder, last, parts);
        if (started.Address != last) started.Address.Write(dataFolder);
        return started;
    }

    // A damaged file holds nothing that could not be drawn anew.
    RedisAddress? LastAddress()
    {
        try
        {
            return RedisAddress.TryRead(dataFolder);
        }
        catch (InvalidDataException damaged)
        {
            log.NewAddress(damaged.Message);
            return null;
        }
    }

    // Each change is logged once, not at every check.
    void NoteRoom()
    {
        var before = shortage;
        shortage = new FreeSpace(dataFolder, parts.Measure).Shortage();
        if (shortage is not null && before is null) log.NoRoom(dataFolder, shortage);
        if (shortage is null && before is not null) log.RoomAgain(dataFolder);
    }

    void NoteFault(string found)
    {
        if (found != fault) log.Broken(found);
        fault = found;
    }

    static FileStream Lock(string folder)
    {
        var path = Path.Combine(folder, "lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when ((error.HResult & 0xFFFF) is WouldBlock or WouldBlockOnMac or SharingViolation)
        {
            throw new FeedbackUnavailableException(
                $"Another process keeps its votes in {folder}; give this one another data folder.", error);
        }
    }
}

// The store of someone who configured none: Garnet inside this process, with an append-only file that outlives it.
// Knows no battles; whoever wants to speak to it reads redis.json.
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Garnet;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Majlis.Feedback.Store;

public sealed class EmbeddedRedis : IAsyncDisposable
{
    readonly GarnetServer server;
    readonly FileStream folderLock;

    EmbeddedRedis(GarnetServer server, FileStream folderLock, RedisAddress address)
    {
        this.server = server;
        this.folderLock = folderLock;
        Address = address;
    }

    public RedisAddress Address { get; }

    /// <summary>
    /// Recovers what the folder holds, listens on a loopback port, and says so in <c>redis.json</c>. The port and the password of
    /// the last run are kept where the port is free, so that a trainer that waits finds the server again.
    /// </summary>
    /// <exception cref="FeedbackUnavailableException">Another process uses the folder, or its content cannot be recovered.</exception>
    public static EmbeddedRedis Start(string dataFolder, ILoggerFactory? logs = null) => Start(dataFolder, new EmbeddedSizes(), logs);

    internal static EmbeddedRedis Start(string dataFolder, EmbeddedSizes sizes, ILoggerFactory? logs = null)
    {
        var folder = Path.Combine(Path.GetFullPath(dataFolder), "garnet");
        Directory.CreateDirectory(folder);
        var folderLock = Lock(folder);
        try
        {
            var address = Choose(RedisAddress.TryRead(dataFolder));
            var server = new GarnetServer(Arguments(address, folder, sizes), logs ?? NullLoggerFactory.Instance);
            server.Start();
            address.Write(dataFolder);
            return new EmbeddedRedis(server, folderLock, address);
        }
        catch (Exception error) when (error is not InvalidDataException)
        {
            folderLock.Dispose();
            throw new FeedbackUnavailableException($"The embedded store in {folder} does not start: {error.Message}", error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await server.Store.CommitAOFAsync(CancellationToken.None);
        server.Dispose(deleteDir: false);
        folderLock.Dispose();
    }

    static FileStream Lock(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new FeedbackUnavailableException(
                $"Another process keeps its votes in {folder}; give this one another data folder.", error);
        }
    }

    static RedisAddress Choose(RedisAddress? last)
    {
        if (last is not null && FreePort(last.Port) is not null) return last;
        return new RedisAddress(FreePort(0)!.Value, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));
    }

    static int? FreePort(int wanted)
    {
        using var listener = new TcpListener(IPAddress.Loopback, wanted);
        try
        {
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    // Memory is bounded and what exceeds it lies on disk (storage tier); past its limit the append-only file becomes a checkpoint.
    static string[] Arguments(RedisAddress address, string folder, EmbeddedSizes sizes) =>
    [
        "--bind", "127.0.0.1", "--port", $"{address.Port}", "--auth", "Password", "--password", address.Password,
        "--device-type", "RandomAccess", "--logdir", folder, "--checkpointdir", folder, "--recover", "true", "--storage-tier", "true",
        "--aof", "true", "--aof-commit-freq", "200", "--aof-page-size", "8m", "--aof-memory", "32m",
        "--aof-segment-size", "64m", "--aof-size-limit", sizes.Log,
        "--memory", sizes.Memory, "--page", sizes.Page, "--index", "16m",
        // A store that cannot be recovered whole does not start; by default it would begin anew, without a word.
        "--fail-on-recovery-error", "true",
        "--lua", "true", "--lua-transaction-mode", "true", "-q",
    ];
}

/// <summary>Sizes in the store's own notation.</summary>
/// <param name="Log">Size of the append-only file past which a checkpoint takes its place.</param>
sealed record EmbeddedSizes(string Memory = "128m", string Page = "4m", string Log = "512m");

// One run of Garnet on a folder, from recovery to its end. Knows no votes, and no reason to run again.
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Garnet;
using Microsoft.Extensions.Logging.Abstractions;

namespace Majlis.Feedback.Store;

sealed class GarnetRun : IAsyncDisposable
{
    const int MostPorts = 5;

    readonly GarnetServer server;

    GarnetRun(GarnetServer server, RedisAddress address)
    {
        this.server = server;
        Address = address;
    }

    public RedisAddress Address { get; }

    /// <summary>Recovers what the folder holds and listens on a loopback port: the last run's where it is free, else another.</summary>
    public static GarnetRun Start(string folder, RedisAddress? last, EmbeddedParts parts)
    {
        var address = last is not null && parts.FreePort(last.Port) is not null ? last : Draw(parts);
        for (var tries = 1; tries < MostPorts; tries++, address = Draw(parts))
            if (TryStart(folder, address, parts) is { } run) return run;
        return TryStart(folder, address, parts)
            ?? throw new FeedbackUnavailableException($"{MostPorts} loopback ports that were free were taken a moment later");
    }

    /// <summary>Null where another process took the port after it was found free.</summary>
    static GarnetRun? TryStart(string folder, RedisAddress address, EmbeddedParts parts)
    {
        var server = new GarnetServer(Arguments(address, folder, parts.Sizes), NullLoggerFactory.Instance);
        try
        {
            server.Start();
            return new GarnetRun(server, address);
        }
        catch (Exception error)
        {
            server.Dispose(deleteDir: false);
            if (error.InnerException is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }) return null;
            throw;
        }
    }

    /// <summary>Why nothing written from now on would be kept, or null while all is well. A fault stays until the next run.</summary>
    public async Task<string?> FaultAsync()
    {
        try
        {
            await server.Store.CommitAOFAsync(CancellationToken.None);
            return null;
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            return (broken.InnerException ?? broken).Message;
        }
    }

    /// <summary>Never throws: what can no longer be written was never acknowledged.</summary>
    public async ValueTask DisposeAsync()
    {
        await FaultAsync();
        server.Dispose(deleteDir: false);
    }

    /// <summary>The wanted port, or any for 0, where nobody listens on it now; else null.</summary>
    public static int? FreePort(int wanted)
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

    static RedisAddress Draw(EmbeddedParts parts) =>
        new(parts.FreePort(0)!.Value, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));

    // Memory is bounded and the rest goes to disk (storage tier); above its limit the append-only file becomes a checkpoint.
    static string[] Arguments(RedisAddress address, string folder, EmbeddedSizes sizes) =>
    [
        "--bind", "127.0.0.1", "--port", $"{address.Port}", "--auth", "Password", "--password", address.Password,
        "--device-type", "RandomAccess", "--logdir", folder, "--checkpointdir", folder, "--recover", "true", "--storage-tier", "true",
        "--aof", "true", "--aof-commit-freq", "200", "--aof-page-size", "8m", "--aof-memory", "32m",
        "--aof-segment-size", "64m", "--aof-size-limit", sizes.Log,
        "--memory", sizes.Memory, "--page", sizes.Page, "--index", "16m",
        // A store that cannot be recovered whole does not start; by default Garnet would silently begin with an empty one.
        "--fail-on-recovery-error", "true",
        "--lua", "true", "--lua-transaction-mode", "true", "-q",
    ];
}

// A real redis-server in its own folder, on a free port; tests that need it skip if it is not installed.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Majlis.tests.Support;

public sealed class RedisServer : IAsyncDisposable
{
    static int last = Environment.ProcessId * 100;

    readonly TemporaryFolder folder = new();
    ServerProcess? process;

    RedisServer(string[] settings) => Settings = settings;

    /// <summary>Settings for the next start.</summary>
    public string[] Settings { get; set; }

    public int Port { get; } = FreePort();

    public string Address => $"127.0.0.1:{Port}";

    /// <param name="settings">Redis settings after the fixture's own (<c>--appendfsync everysec</c>). Default: every write synced.</param>
    public static async Task<RedisServer> StartAsync(params string[] settings)
    {
        Assert.SkipUnless(Executable() is not null, "redis-server is not installed (apt-get install redis-server)");
        var server = new RedisServer(settings.Length > 0 ? settings : ["--appendonly", "yes", "--appendfsync", "always"]);
        await server.StartAgainAsync();
        return server;
    }

    public async Task StartAgainAsync()
    {
        string[] arguments = ["--port", $"{Port}", "--bind", "127.0.0.1", "--dir", folder.Path, "--save", "", .. Settings];
        process = await ServerProcess.StartAsync(new ProcessStartInfo(Executable()!, arguments), "Ready to accept connections");
    }

    public Task KillAsync() => process!.KillAsync();

    public async ValueTask DisposeAsync()
    {
        if (process is not null) await process.DisposeAsync();
        folder.Dispose();
    }

    // Below the ports of other tests' connections: nobody takes it while the server is down.
    static int FreePort()
    {
        while (true)
        {
            var port = 20_000 + (int)((uint)Interlocked.Increment(ref last) % 12_000);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Another process has the port.
            }
        }
    }

    static string? Executable() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists);
}

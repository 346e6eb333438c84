// A real redis-server in its own folder, on a free port; tests that need it skip if it is not installed.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Majlis.tests.Support;

public sealed class RedisServer : IAsyncDisposable
{
    static int last = Environment.ProcessId * 100;

    readonly TemporaryFolder folder = new();
    readonly string program;
    ServerProcess? process;

    RedisServer(string program, string[] settings) => (this.program, Settings) = (program, settings);

    /// <summary>Settings for the next start.</summary>
    public string[] Settings { get; set; }

    public int Port { get; } = FreePort();

    public string Address => $"127.0.0.1:{Port}";

    /// <param name="settings">Redis settings after the fixture's own (<c>--appendfsync everysec</c>). Default: every write synced.</param>
    public static async Task<RedisServer> StartAsync(params string[] settings)
    {
        var program = Programs.Require("redis-server");
        var server = new RedisServer(program, settings.Length > 0 ? settings : ["--appendonly", "yes", "--appendfsync", "always"]);
        await server.StartAgainAsync();
        return server;
    }

    public async Task StartAgainAsync()
    {
        string[] arguments = ["--port", $"{Port}", "--bind", "127.0.0.1", "--dir", folder.Path, "--save", "", .. Settings];
        process = await ServerProcess.StartAsync(new ProcessStartInfo(program, arguments), "Ready to accept connections");
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
}

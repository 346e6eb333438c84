// A server in its own process, which a test may kill at any moment. Knows only its command line and its "ready" line.
using System.Diagnostics;
using Xunit;

namespace Majlis.tests.Support;

public sealed class ServerProcess : IAsyncDisposable
{
    readonly Process process;
    readonly Task<string> rest;

    ServerProcess(Process process, string said, Task<string> rest)
    {
        this.process = process;
        this.rest = rest;
        Errors = process.StartInfo.RedirectStandardError ? process.StandardError.ReadToEndAsync() : Task.FromResult("");
        Said = said;
    }

    /// <summary>The line that announced it is ready.</summary>
    public string Said { get; }

    /// <summary>Starts a program and returns when it has printed a line with the given words.</summary>
    public static async Task<ServerProcess> StartAsync(ProcessStartInfo start, string ready)
    {
        start.RedirectStandardOutput = true;
        start.UseShellExecute = false;
        var process = Process.Start(start)!;
        var said = new List<string>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            said.Add(line);
            if (line.Contains(ready, StringComparison.Ordinal))
                return new ServerProcess(process, line, process.StandardOutput.ReadToEndAsync());
        }
        Assert.Fail($"{start.FileName} ended before it was ready:\n{string.Join('\n', said)}");
        return null!;
    }

    public int Id => process.Id;

    /// <summary>What it printed after that line, once it has ended.</summary>
    public Task<string> Rest => rest;

    /// <summary>All of its standard error, once it has ended, where that was redirected.</summary>
    public Task<string> Errors { get; }

    /// <summary>The exit code, once it has ended by itself.</summary>
    public async Task<int> ExitAsync()
    {
        await process.WaitForExitAsync();
        await rest;
        return process.ExitCode;
    }

    /// <summary>SIGTERM: it is told to end, and may take its time.</summary>
    public async Task TellToEndAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "SIGTERM is sent by kill.");
        using var kill = Process.Start("kill", ["-TERM", $"{Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>SIGKILL: no shutdown, no last write.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        await rest;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            // Its children hold its output open: nobody would see the end of it while one of them lives.
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            await rest;
        }
        process.Dispose();
    }
}

// A program in the background: started, told to end, killed, started again with the same arguments. Its output goes to a file. Knows no
// program.
using System.Diagnostics;

namespace Majlis.loop.Replicas;

/// <param name="log">The file that gets its output.</param>
/// <param name="environment">Variables besides those of this process.</param>
sealed class Daemon(string name, string program, IReadOnlyList<string> arguments, string log,
    IReadOnlyDictionary<string, string> environment) : IDisposable
{
    Process? process;

    public string Name => name;

    public void Start()
    {
        // The shell only opens the file and becomes the program, so the process is the program's.
        var start = new ProcessStartInfo("sh", ["-c", "exec \"$@\" >>\"$0\" 2>&1", log, program, .. arguments]);
        foreach (var (key, value) in environment) start.Environment[key] = value;
        process = Process.Start(start)!;
    }

    /// <summary>SIGTERM; returns once it has ended.</summary>
    /// <exception cref="InvalidOperationException">It ended badly.</exception>
    public async Task EndAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process!.Id}"]);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{name} ended with {process.ExitCode}: {Tail()}");
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Returns once the check holds.</summary>
    /// <exception cref="InvalidOperationException">It ended meanwhile, or the check does not hold within three minutes.</exception>
    public async Task UntilAsync(Func<Task<bool>> check)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (!await check())
        {
            if (process!.HasExited || limit.IsCancellationRequested) throw new InvalidOperationException($"{name} is not ready: {Tail()}");
            await Task.Delay(50);
        }
    }

    public void Dispose()
    {
        if (process is { HasExited: false }) process.Kill();
        process?.Dispose();
    }

    string Tail() => File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(8)) : "it said nothing.";
}

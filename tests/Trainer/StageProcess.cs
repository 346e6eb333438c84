// A stage of training as a process of its own, to its end or to a kill.
using System.Diagnostics;

namespace Majlis.tests.Trainer;

/// <param name="Ended">Whether it ended by itself, with a result.</param>
/// <param name="Said">All its lines.</param>
/// <param name="Start">From its start to its first step.</param>
/// <param name="Step">Between two steps, on average.</param>
sealed record StageProcess(bool Ended, string Said, TimeSpan Start, TimeSpan Step)
{
    /// <param name="command">sft, dpo, kto or reward.</param>
    /// <param name="recipe">Its file.</param>
    /// <param name="folder">The run's.</param>
    /// <param name="killAfter">Steps of this process, and time after the last of them; null lets it end.</param>
    public static async Task<StageProcess> RunAsync(string command, string recipe, string folder,
        (int Steps, TimeSpan More)? killAfter = null)
    {
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo(TrainerBuild.Program, [command, recipe, folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var (lines, steps, first, last) = (new List<string>(), 0, TimeSpan.Zero, TimeSpan.Zero);
        while (!(steps >= killAfter?.Steps) && await process.StandardOutput.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (!line.StartsWith(command + ": step", StringComparison.Ordinal)) continue;
            last = watch.Elapsed;
            if (steps++ == 0) first = last;
        }
        if (killAfter is { } after && !process.WaitForExit(after.More)) process.Kill();
        lines.Add(await process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new StageProcess(process.ExitCode == 0, string.Join('\n', lines) + await error, first,
            (last - first) / Math.Max(1, steps - 1));
    }
}

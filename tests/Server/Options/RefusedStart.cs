// A server as a process that does not start, and the lines that it prints.
using System.Diagnostics;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Options;

static class RefusedStart
{
    public static async Task<string[]> LinesAsync(
        TemporaryFolder folder, int exit, string[] args, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Majlis.Server.dll"), .. args])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var said = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(exit, process.ExitCode);
        return said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}

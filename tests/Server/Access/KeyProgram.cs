// The `key` commands as a person runs them: the server's program in a process of its own.
using System.Diagnostics;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Access;

static class KeyProgram
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static Task<(int Exit, string Output, string Said)> RunAsync(TemporaryFolder data, params string[] arguments) =>
        RunAsync(data, [], [], arguments);

    public static async Task<(int Exit, string Output, string Said)> RunAsync(TemporaryFolder data, string[] options,
        (string Name, string Value)[] environment, params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Majlis.Server.dll");
        var start = new ProcessStartInfo("dotnet", [program, "key", .. arguments, "--data", data.Path, .. options])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = data.Path,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Stop);
        var said = await process.StandardError.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        return (process.ExitCode, await output, said);
    }
}

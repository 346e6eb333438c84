// A real server process with its real trainer: the trainer's priority, lines and options, and its end with the server however that ends.
using System.Diagnostics;
using System.Globalization;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Training;

public sealed class WithTrainerTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_trainer_ends_with_the_server_told_or_killed(bool killed)
    {
        await using var server = await StartAsync();
        var trainer = Trainer(server);
        Assert.False(IsGone(trainer));
        if (killed) await server.KillAsync();
        else
        {
            await server.TellToEndAsync();
            Assert.Equal(0, await server.ExitAsync());
        }
        await Eventually.HoldsAsync("the trainer is gone", () => IsGone(trainer));
    }

    [Fact]
    public async Task It_runs_at_the_lowest_priority_and_dies_first_where_memory_runs_out()
    {
        await using var server = await StartAsync();
        var trainer = Trainer(server);
        await Eventually.HoldsAsync("the lowest priority", () => Nice(trainer) == 19);
        await Eventually.HoldsAsync("to be ended first", () => File.ReadAllText($"/proc/{trainer}/oom_score_adj").Trim() == "1000");
        Assert.NotEqual(19, Nice(server.Id));
    }

    [Fact]
    public async Task Its_lines_are_the_servers_and_its_options_the_environments()
    {
        await using var server = await StartAsync("trainer: waiting for 7 new votes", ("MAJLIS_VOTES", "7"));
        Assert.Contains("trainer: waiting for 7 new votes", server.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_options_of_its_own_are_said_and_leave_the_server_running()
    {
        await using var server = await StartAsync("The trainer refuses its options", ("MAJLIS_POLICY", "lax"));
        await server.TellToEndAsync();
        Assert.Equal(0, await server.ExitAsync());
    }

    Task<ServerProcess> StartAsync(string ready = "The trainer runs beside the server", params (string Name, string Value)[] environment)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are looked at in /proc");
        TinyStarter.Lay(folder.Path);
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Majlis.Server"),
            ["--with-trainer", "--urls", "http://127.0.0.1:0"])
        {
            WorkingDirectory = folder.Path,
        };
        start.Environment["Logging__LogLevel__Default"] = "Information"; // other tests ask for less, and what they ask is inherited
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return ServerProcess.StartAsync(start, ready);
    }

    static int Trainer(ServerProcess server) =>
        int.Parse(server.Said.Split(' ')[^1].TrimEnd('.'), CultureInfo.InvariantCulture);

    // Whoever inherits an orphan may leave it as a zombie.
    static bool IsGone(int process)
    {
        try
        {
            return Fields(process)[0] == "Z";
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    static int Nice(int process) => int.Parse(Fields(process)[16], CultureInfo.InvariantCulture);

    /// <summary>proc(5): the fields of /proc/PID/stat after the name, which may hold spaces; the state is the first.</summary>
    static string[] Fields(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }
}

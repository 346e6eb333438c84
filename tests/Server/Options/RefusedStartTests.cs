// What a server prints when it cannot start.
using Majlis.CommandLine;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Options;

public sealed class RefusedStartTests
{
    [Fact]
    public async Task Without_any_model_two_lines_say_how_to_name_one()
    {
        using var folder = new TemporaryFolder();
        var lines = await RefusedStart.LinesAsync(folder, 1, []);
        Assert.Equal(2, lines.Length);
        Assert.Contains("--model PATH", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environment_and_appsettings_are_read_like_the_command_line()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("appsettings.json"), """{"redis":"6379","documents":"nowhere"}""",
            TestContext.Current.CancellationToken);
        var lines = await RefusedStart.LinesAsync(folder, HostCommand.WrongOptions, ["--documents", "elsewhere"],
            ("MAJLIS_MODEL", "nowhere.gguf"));
        Assert.Equal(["--model", "--documents", "--redis"], lines.Select(line => line.Split(':')[0]));
        Assert.Contains("elsewhere", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_truncated_model_is_told_in_one_line()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("half.gguf"), [.. "GGUF"u8, 3, 0, 0, 0], TestContext.Current.CancellationToken);
        var line = Assert.Single(await RefusedStart.LinesAsync(folder, 1, ["--model", "half.gguf"]));
        Assert.Contains("half.gguf", line, StringComparison.Ordinal);
    }
}

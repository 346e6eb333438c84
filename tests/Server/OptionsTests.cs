// Options from three places, checked as a whole, every error at once; and what a server says that cannot start.
using System.Diagnostics;
using Majlis.Server;
using Majlis.tests.Support;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Majlis.tests.Server;

public sealed class OptionsTests
{
    [Fact]
    public void Defaults_are_good()
    {
        var (options, errors) = Read();
        Assert.Empty(errors);
        Assert.Equal(("data", "http://127.0.0.1:8080"), (options.Data, options.Urls));
    }

    [Fact]
    public void All_errors_are_told_at_once()
    {
        var (_, errors) = Read("--model", "nowhere.gguf", "--documents", "nowhere", "--redis", "6379", "--urls", "http://0.0.0.0:80",
            "--colour", "red");
        Assert.Equal(["--colour", "--model", "--documents", "--redis", "--urls"], errors.Select(error => error.Split(':')[0]));
    }

    [Theory]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://*:8080")]
    [InlineData("http://example.org:8080")]
    public void Without_keys_only_loopback_is_listened_on(string url) =>
        Assert.Contains("keys", Assert.Single(Read("--urls", url).Errors), StringComparison.Ordinal);

    [Theory]
    [InlineData("http://localhost:8080")]
    [InlineData("http://[::1]:8080;http://127.0.0.1:0")]
    public void Loopback_addresses_are_taken(string url) => Assert.Empty(Read("--urls", url).Errors);

    [Fact]
    public void An_option_without_its_value_is_told() =>
        Assert.Contains("--model: a value is expected after it.", Read("--model", "--redis=127.0.0.1:6379").Errors);

    [Fact]
    public async Task Without_any_model_two_lines_say_how_to_name_one()
    {
        using var folder = new TemporaryFolder();
        var lines = await RefusedAsync(folder, []);
        Assert.Equal(2, lines.Length);
        Assert.Contains("--model PATH", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environment_and_appsettings_are_read_like_the_command_line()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("appsettings.json"), """{"redis":"6379","documents":"nowhere"}""",
            TestContext.Current.CancellationToken);
        var lines = await RefusedAsync(folder, ["--documents", "elsewhere"], ("MAJLIS_MODEL", "nowhere.gguf"));
        Assert.Equal(["--model", "--documents", "--redis"], lines.Select(line => line.Split(':')[0]));
        Assert.Contains("elsewhere", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_truncated_model_is_told_in_one_line()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("half.gguf"), [.. "GGUF"u8, 3, 0, 0, 0], TestContext.Current.CancellationToken);
        Assert.Contains("half.gguf", Assert.Single(await RefusedAsync(folder, ["--model", "half.gguf"])), StringComparison.Ordinal);
    }

    static async Task<string[]> RefusedAsync(TemporaryFolder folder, string[] args, params (string Name, string Value)[] environment)
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
        Assert.Equal(1, process.ExitCode);
        return said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    static (ServerOptions Options, IReadOnlyList<string> Errors) Read(params string[] args) =>
        ServerOptions.Read(args, new ConfigurationBuilder().AddCommandLine(args).Build());
}

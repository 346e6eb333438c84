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
        var (_, errors) = Read("--model", "nowhere.gguf", "--documents", "nowhere", "--redis", "6379", "--urls", "http://0.0.0.0:80", "--colour", "red");
        Assert.Equal(["--colour", "--model", "--documents", "--redis", "--urls"], errors.Select(error => error.Split(':')[0]));
    }

    [Theory]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://*:8080")]
    [InlineData("http://example.org:8080")]
    public void Without_keys_only_loopback_is_listened_on(string url) => Assert.Contains("keys", Assert.Single(Read("--urls", url).Errors), StringComparison.Ordinal);

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
        var folder = Directory.CreateTempSubdirectory("majlis-empty-");
        var server = Path.Combine(Shared.Root, "artifacts", "bin", "Server", "debug", "Majlis.Server.dll");
        Assert.SkipUnless(File.Exists(server), "the server was built in another configuration");
        var start = new ProcessStartInfo("dotnet", [server]) { WorkingDirectory = folder.FullName, RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var lines = (await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((1, 2), (process.ExitCode, lines.Length));
        Assert.Contains("--model PATH", lines[1], StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    static (ServerOptions Options, IReadOnlyList<string> Errors) Read(params string[] args) =>
        ServerOptions.Read(args, new ConfigurationBuilder().AddCommandLine(args).Build());
}

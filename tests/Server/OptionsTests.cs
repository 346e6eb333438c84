// Options from three sources, validated together, with all errors at once; and what a server prints when it cannot start.
using System.Diagnostics;
using Majlis.CommandLine;
using Majlis.Feedback.Store;
using Majlis.Server;
using Majlis.tests.Support;
using Majlis.Trainer;
using Xunit;

namespace Majlis.tests.Server;

public sealed class OptionsTests
{
    [Fact]
    public async Task Defaults_are_good()
    {
        var (options, errors) = await ReadAsync();
        Assert.Empty(errors);
        Assert.Equal(("data", "http://127.0.0.1:8080"), (options.Data, options.Urls));
    }

    [Fact]
    public async Task All_errors_are_told_at_once()
    {
        var (_, errors) = await ReadAsync("--model", "nowhere.gguf", "--documents", "nowhere", "--redis", "6379",
            "--urls", "8080", "--colour", "red");
        string[] expected = ["Unrecognized command or argument '--colour'.", "--model", "--documents", "--redis", "--urls"];
        Assert.All(expected, start => Assert.Single(errors, error => error.StartsWith(start, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://example.org:8080")]
    public async Task Whether_other_machines_may_reach_an_address_is_told_once_the_keys_are_known(string url) =>
        Assert.Empty((await ReadAsync("--urls", url)).Errors);

    [Theory]
    [InlineData("--internal-urls", "http://127.0.0.1:8080", "has a port of --urls")]
    [InlineData("--internal-urls", "http://127.0.0.1:0", "is not an address with a port")]
    [InlineData("--internal-urls", "http://unix:/tmp/majlis.sock", "is not an address with a port")]
    [InlineData("--internal-urls", "9090", "is not an address with a port")]
    [InlineData("--open", "health,chats", "'chats' is neither")]
    [InlineData("--admin-key-file", "absent", "cannot be read")]
    [InlineData("--first-key", "yes", "'yes' is not print")]
    public async Task Options_of_access_that_cannot_be_are_told(string option, string value, string says)
    {
        var error = Assert.Single((await ReadAsync(option, value)).Errors);
        Assert.StartsWith($"{option}: ", error, StringComparison.Ordinal);
        Assert.Contains(says, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tooshort")]
    [InlineData("long enough but with spaces")]
    [InlineData("مفتاح-طويل-بما-يكفي-لكنه-ليس-من-حروف-الرأس")]
    public async Task An_admin_key_that_could_be_guessed_or_sent_by_nobody_is_told_without_repeating_it(string key)
    {
        var error = Assert.Single((await ReadAsync(name => name == "admin_key" ? key : null)).Errors);
        Assert.StartsWith("MAJLIS_ADMIN_KEY: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain(key, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_admin_key_comes_from_the_environment_or_a_file()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("key", "a-key-from-a-mounted-file\n"u8.ToArray());
        Assert.True((await ReadAsync("--admin-key-file", file)).Options.AdminKey.Fits("a-key-from-a-mounted-file"));
        var (options, errors) = await ReadAsync(name => name == "admin_key" ? "a-key-from-the-environment" : null);
        Assert.Empty(errors);
        Assert.True(options.AdminKey.Fits("a-key-from-the-environment"));
        Assert.False(options.AdminKey.Fits("a-key-from-the-environmenT"));
        Assert.DoesNotContain("environment", $"{options.AdminKey}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://localhost:8080")]
    [InlineData("http://[::1]:8080;http://127.0.0.1:0")]
    public async Task Loopback_addresses_are_taken(string url) => Assert.Empty((await ReadAsync("--urls", url)).Errors);

    [Fact]
    public async Task An_option_without_its_value_is_told() =>
        Assert.Contains("Required argument missing for option: '--model'.", (await ReadAsync("--model", "--redis=127.0.0.1:6379")).Errors);

    [Theory]
    [InlineData("s3cret")]
    [InlineData("s3cret@redis:6379")]
    [InlineData("redis://:s3cret@redis:6379")]
    [InlineData("redis:s3cret@6379")]
    [InlineData("redis,password=s3cret")]
    [InlineData("redis:99999,password=s3cret")]
    [InlineData("redis:6379,s3cret")]
    [InlineData("redis:6379,passwort=s3cret")]
    [InlineData("redis:6379,password=a,b,s3cret")]
    [InlineData("redis:6379,password=a,s3cret=c")]
    [InlineData("redis:6379,connectTimeout=s3cret")]
    [InlineData("redis:6379,password=s3cret,ssl=perhaps")]
    public async Task A_redis_that_cannot_be_is_refused_without_repeating_what_may_be_its_password(string redis)
    {
        var (options, errors) = await ReadAsync("--redis", redis);
        var error = Assert.Single(errors);
        Assert.StartsWith("--redis: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", $"{options.RedisLogin}", StringComparison.Ordinal);
        Assert.Equal([error], TrainerErrors("--redis", redis));
    }

    [Theory]
    [InlineData("--redis", "redis:6379", "s3cret")]
    [InlineData("--redis-password", "s3cret")]
    [InlineData("-redis", "s3cret")]
    [InlineData("s3cret")]
    public async Task Words_that_are_no_options_are_not_repeated(params string[] args)
    {
        foreach (var errors in new[] { (await ReadAsync(args)).Errors, TrainerErrors(args) })
        {
            Assert.NotEmpty(errors);
            Assert.DoesNotContain("s3cret", string.Concat(errors), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("pul", "ORG/NAME")]
    [InlineData("erasse", "voter")]
    [InlineData("Pull")]
    public async Task A_misspelt_command_is_named_and_nothing_else_of_its_line(params string[] args)
    {
        var errors = string.Concat((await ReadAsync(args)).Errors);
        Assert.Contains($"'{args[0]}'", errors, StringComparison.Ordinal);
        if (args.Length > 1) Assert.DoesNotContain(args[1], errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_comes_from_a_file_or_from_the_environment()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("password", "s3cret, with a comma\n"u8.ToArray());
        var (server, none) = await ReadAsync("--redis", "redis:6379,ssl=true", "--redis-password-file", file);
        Assert.Empty(none);
        Assert.Equal("s3cret, with a comma", server.RedisLogin.Secret());
        Assert.Equal("s3cret", (await LoginAsync("redis_password", "s3cret")).Secret());
        Assert.Equal("s3cret, with a comma", (await LoginAsync("redis_password_file", file)).Secret());
    }

    /// <summary>The trainer's login, with one variable of the environment.</summary>
    static async Task<RedisLogin> LoginAsync(string name, string value)
    {
        RedisLogin? login = null;
        var command = TrainerCommand.Build(new OptionSources(asked => asked == name ? value : null), given =>
        {
            login = given.RedisLogin;
            return Task.FromResult(0);
        });
        await command.RunAsync(["--redis", "redis:6379"]);
        return login!;
    }

    static IReadOnlyList<string> TrainerErrors(params string[] args) =>
        TrainerCommand.Build(new OptionSources(_ => null), _ => Task.FromResult(0)).Errors(args);

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n", "is empty")]
    [InlineData("s3cret\nmore", "has several lines")]
    [InlineData(null, "cannot be read")]
    public async Task A_password_file_that_holds_no_password_is_told(string? content, string says)
    {
        using var folder = new TemporaryFolder();
        var path = content is null ? folder.File("absent") : folder.Write("password", System.Text.Encoding.UTF8.GetBytes(content));
        var error = Assert.Single((await ReadAsync("--redis", "redis:6379", "--redis-password-file", path)).Errors);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_process_takes_the_password_from_its_environment_and_never_says_it()
    {
        using var folder = new TemporaryFolder();
        var lines = await RefusedAsync(folder, HostCommand.WrongOptions, ["--redis", "redis"],
            ("MAJLIS_REDIS_PASSWORD", "s3cret"), ("MAJLIS_REDIS_PASSWORD_FILE", "absent"));
        Assert.Equal(["--redis", "--redis-password-file", "--redis-password-file"], lines.Select(line => line.Split(':')[0]));
        Assert.DoesNotContain("s3cret", string.Concat(lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_address_at_all_is_told() =>
        Assert.StartsWith("--urls: ", Assert.Single((await ReadAsync("--urls", " ; ")).Errors), StringComparison.Ordinal);

    [Fact]
    public async Task Without_any_model_two_lines_say_how_to_name_one()
    {
        using var folder = new TemporaryFolder();
        var lines = await RefusedAsync(folder, 1, []);
        Assert.Equal(2, lines.Length);
        Assert.Contains("--model PATH", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environment_and_appsettings_are_read_like_the_command_line()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("appsettings.json"), """{"redis":"6379","documents":"nowhere"}""",
            TestContext.Current.CancellationToken);
        var lines = await RefusedAsync(folder, HostCommand.WrongOptions, ["--documents", "elsewhere"], ("MAJLIS_MODEL", "nowhere.gguf"));
        Assert.Equal(["--model", "--documents", "--redis"], lines.Select(line => line.Split(':')[0]));
        Assert.Contains("elsewhere", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_truncated_model_is_told_in_one_line()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("half.gguf"), [.. "GGUF"u8, 3, 0, 0, 0], TestContext.Current.CancellationToken);
        Assert.Contains("half.gguf", Assert.Single(await RefusedAsync(folder, 1, ["--model", "half.gguf"])), StringComparison.Ordinal);
    }

    static async Task<string[]> RefusedAsync(
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

    static Task<(ServerOptions Options, IReadOnlyList<string> Errors)> ReadAsync(params string[] args) =>
        ReadAsync(_ => null, args);

    static async Task<(ServerOptions Options, IReadOnlyList<string> Errors)> ReadAsync(Func<string, string?> outside, params string[] args)
    {
        var options = new ServerOptions();
        var command = ServerCommand.Build(new OptionSources(outside), given => Task.FromResult(Keep(given)));
        var errors = command.Errors(args);
        if (errors.Count == 0) await command.RunAsync(args);
        return (options, errors);

        int Keep(ServerOptions given)
        {
            options = given;
            return 0;
        }
    }
}

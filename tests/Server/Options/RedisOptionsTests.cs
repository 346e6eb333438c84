// A Redis's address and password from all their sources, and that no message repeats a password.
using Majlis.CommandLine;
using Majlis.Feedback.Store;
using Majlis.tests.Support;
using Majlis.Trainer;
using Xunit;

namespace Majlis.tests.Server.Options;

public sealed class RedisOptionsTests
{
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
        var (options, errors) = await GivenOptions.ReadAsync("--redis", redis);
        var error = Assert.Single(errors);
        Assert.StartsWith("--redis: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", $"{options.RedisLogin}", StringComparison.Ordinal);
        Assert.Equal([error], GivenOptions.TrainerErrors("--redis", redis));
    }

    [Fact]
    public async Task A_password_comes_from_a_file_or_from_the_environment()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("password", "s3cret, with a comma\n"u8.ToArray());
        var (server, none) = await GivenOptions.ReadAsync("--redis", "redis:6379,ssl=true", "--redis-password-file", file);
        Assert.Empty(none);
        Assert.Equal("s3cret, with a comma", server.RedisLogin.Secret());
        Assert.Equal("s3cret", (await LoginAsync("redis_password", "s3cret")).Secret());
        Assert.Equal("s3cret, with a comma", (await LoginAsync("redis_password_file", file)).Secret());
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n", "is empty")]
    [InlineData("s3cret\nmore", "has several lines")]
    [InlineData(null, "cannot be read")]
    public async Task A_password_file_that_holds_no_password_is_told(string? content, string says)
    {
        using var folder = new TemporaryFolder();
        var path = content is null ? folder.File("absent") : folder.Write("password", System.Text.Encoding.UTF8.GetBytes(content));
        var error = Assert.Single((await GivenOptions.ReadAsync("--redis", "redis:6379", "--redis-password-file", path)).Errors);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_process_takes_the_password_from_its_environment_and_never_says_it()
    {
        using var folder = new TemporaryFolder();
        var lines = await RefusedStart.LinesAsync(folder, HostCommand.WrongOptions, ["--redis", "redis"],
            ("MAJLIS_REDIS_PASSWORD", "s3cret"), ("MAJLIS_REDIS_PASSWORD_FILE", "absent"));
        Assert.Equal(["--redis", "--redis-password-file", "--redis-password-file"], lines.Select(line => line.Split(':')[0]));
        Assert.DoesNotContain("s3cret", string.Concat(lines), StringComparison.Ordinal);
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
}

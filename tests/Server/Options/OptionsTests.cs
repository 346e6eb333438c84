// Options from the command line, validated together, with all errors at once.
using Xunit;

namespace Majlis.tests.Server.Options;

public sealed class OptionsTests
{
    [Fact]
    public async Task Defaults_are_good()
    {
        var (options, errors) = await GivenOptions.ReadAsync();
        Assert.Empty(errors);
        Assert.Equal(("data", "http://127.0.0.1:8080"), (options.Data, options.Urls));
    }

    [Fact]
    public async Task All_errors_are_told_at_once()
    {
        var (_, errors) = await GivenOptions.ReadAsync("--model", "nowhere.gguf", "--documents", "nowhere", "--redis", "6379",
            "--urls", "8080", "--colour", "red");
        string[] expected = ["Unrecognized command or argument '--colour'.", "--model", "--documents", "--redis", "--urls"];
        Assert.All(expected, start => Assert.Single(errors, error => error.StartsWith(start, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://example.org:8080")]
    public async Task Whether_other_machines_may_reach_an_address_is_told_once_the_keys_are_known(string url) =>
        Assert.Empty((await GivenOptions.ReadAsync("--urls", url)).Errors);

    [Theory]
    [InlineData("http://localhost:8080")]
    [InlineData("http://[::1]:8080;http://127.0.0.1:0")]
    public async Task Loopback_addresses_are_taken(string url) => Assert.Empty((await GivenOptions.ReadAsync("--urls", url)).Errors);

    [Fact]
    public async Task No_address_at_all_is_told() =>
        Assert.StartsWith("--urls: ", Assert.Single((await GivenOptions.ReadAsync("--urls", " ; ")).Errors), StringComparison.Ordinal);

    [Fact]
    public async Task An_option_without_its_value_is_told() =>
        Assert.Contains("Required argument missing for option: '--model'.",
            (await GivenOptions.ReadAsync("--model", "--redis=127.0.0.1:6379")).Errors);

    [Theory]
    [InlineData("--redis", "redis:6379", "s3cret")]
    [InlineData("--redis-password", "s3cret")]
    [InlineData("-redis", "s3cret")]
    [InlineData("s3cret")]
    public async Task Words_that_are_no_options_are_not_repeated(params string[] args)
    {
        foreach (var errors in new[] { (await GivenOptions.ReadAsync(args)).Errors, GivenOptions.TrainerErrors(args) })
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
        var errors = string.Concat((await GivenOptions.ReadAsync(args)).Errors);
        Assert.Contains($"'{args[0]}'", errors, StringComparison.Ordinal);
        if (args.Length > 1) Assert.DoesNotContain(args[1], errors, StringComparison.Ordinal);
    }
}

// Options of who may call what: wrong ones are told, and a key is never repeated.
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Options;

public sealed class AccessOptionsTests
{
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
        var error = Assert.Single((await GivenOptions.ReadAsync(option, value)).Errors);
        Assert.StartsWith($"{option}: ", error, StringComparison.Ordinal);
        Assert.Contains(says, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tooshort")]
    [InlineData("long enough but with spaces")]
    [InlineData("مفتاح-طويل-بما-يكفي-لكنه-ليس-من-حروف-الرأس")]
    public async Task An_admin_key_that_could_be_guessed_or_sent_by_nobody_is_told_without_repeating_it(string key)
    {
        var error = Assert.Single((await GivenOptions.ReadAsync(name => name == "admin_key" ? key : null)).Errors);
        Assert.StartsWith("MAJLIS_ADMIN_KEY: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain(key, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_admin_key_comes_from_the_environment_or_a_file()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("key", "a-key-from-a-mounted-file\n"u8.ToArray());
        Assert.True((await GivenOptions.ReadAsync("--admin-key-file", file)).Options.AdminKey.Fits("a-key-from-a-mounted-file"));
        var (options, errors) = await GivenOptions.ReadAsync(name => name == "admin_key" ? "a-key-from-the-environment" : null);
        Assert.Empty(errors);
        Assert.True(options.AdminKey.Fits("a-key-from-the-environment"));
        Assert.False(options.AdminKey.Fits("a-key-from-the-environmenT"));
        Assert.DoesNotContain("environment", $"{options.AdminKey}", StringComparison.Ordinal);
    }
}

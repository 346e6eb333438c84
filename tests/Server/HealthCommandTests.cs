// The command that images use as their health check: which address it asks, and its exit code beside a running server and beside none.
using Majlis.CommandLine;
using Majlis.Server;
using Majlis.Server.Operations;
using Xunit;

namespace Majlis.tests.Server;

public sealed class HealthCommandTests
{
    [Theory]
    [InlineData("http://+:8080", "http://localhost:8080/")]
    [InlineData("http://0.0.0.0:81;http://127.0.0.1:82", "http://localhost:81/")]
    [InlineData("http://[::]:8080", "http://localhost:8080/")]
    [InlineData("http://unix:/tmp/a.sock;https://127.0.0.1:8443", "https://127.0.0.1:8443/")]
    public void It_asks_the_first_address_from_where_it_is(string urls, string asked) =>
        Assert.Equal(new Uri(asked), HealthCommand.Near(urls));

    [Fact]
    public void A_socket_alone_cannot_be_asked() => Assert.Null(HealthCommand.Near("http://unix:/tmp/a.sock"));

    [Fact]
    public async Task It_tells_a_server_that_is_well_from_one_without_a_model_and_from_none()
    {
        await using var well = await RunningServer.StartAsync("one");
        Assert.Equal(0, await AskAsync($"{well.Address}"));
        await using var empty = await RunningServer.StartAsync(model: null);
        Assert.Equal(1, await AskAsync($"{empty.Address}"));
        Assert.Equal(1, await AskAsync("http://127.0.0.1:1"));
        Assert.Equal(0, await AskAsync("http://127.0.0.1:1", inside: $"{well.Address}"));
    }

    static Task<int> AskAsync(string urls, string? inside = null) =>
        ServerCommand.Build(new OptionSources(name => name == "internal_urls" ? inside : null), _ => Task.FromResult(0))
            .RunAsync(["health", "--urls", urls]);
}

// npm's @anthropic-ai/sdk and cohere-ai against a running server: a stream with both, errors of both.
using Majlis.tests.Server.Tools;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Anthropic;

public sealed class OtherApiClientTests(ChatServer shared, ToolServer tools) : IClassFixture<ChatServer>, IClassFixture<ToolServer>
{
    [Theory]
    [InlineData("anthropic"), InlineData("anthropic-stream"), InlineData("cohere"), InlineData("cohere-stream")]
    public async Task A_client_reads_the_answer(string client)
    {
        var (text, error) = await JavaScriptClients.StreamAsync(shared.Running.Address, client);
        Assert.Equal((ChatServer.Text, null), (text, error));
    }

    [Fact]
    public async Task A_client_runs_tools_though_there_are_no_threads() =>
        Assert.Equal((ToolServer.Told, null), await JavaScriptClients.StreamAsync(tools.Running.Address, "anthropic-runner"));

    [Theory]
    [InlineData("anthropic-error", "NotFoundError", "not_found_error")]
    [InlineData("cohere-error", "NotFoundError", "nobody")]
    public async Task A_client_raises_its_own_errors(string client, string name, string says)
    {
        var (_, error) = await JavaScriptClients.StreamAsync(shared.Running.Address, client);
        Assert.Contains(name, error, StringComparison.Ordinal);
        Assert.Contains(says, error, StringComparison.Ordinal);
    }
}

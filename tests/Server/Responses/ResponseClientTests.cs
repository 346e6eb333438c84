// Clients of the Responses API against a running server: the official .NET one, npm's openai and the AI SDK.
using System.ClientModel;
using System.Diagnostics.CodeAnalysis;
using Majlis.tests.Support;
using OpenAI.Responses;
using Xunit;

namespace Majlis.tests.Server.Responses;

// The client says of itself that it may change.
[Experimental("OPENAI001")]
public sealed class ResponseClientTests(KeepingServer shared) : IClassFixture<KeepingServer>
{
    readonly RunningServer server = shared.Running;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    ResponsesClient Client => new(new ApiKeyCredential("any"), new ResponsesClientOptions { Endpoint = new Uri(server.Address, "v1") });

    [Fact]
    public async Task The_official_client_asks_goes_on_reads_and_deletes()
    {
        var options = new CreateResponseOptions("current", [ResponseItem.CreateUserMessageItem("hello")]);
        var first = (await Client.CreateResponseAsync(options, Stop)).Value;
        Assert.Equal((KeepingServer.Text, ResponseStatus.Completed), (first.GetOutputText(), first.Status));
        var next = new CreateResponseOptions("current", [ResponseItem.CreateUserMessageItem("again")]) { PreviousResponseId = first.Id };
        Assert.Equal(first.Id, (await Client.CreateResponseAsync(next, Stop)).Value.PreviousResponseId);
        Assert.Equal(first.Id, (await Client.GetResponseAsync(first.Id, Stop)).Value.Id);
        Assert.True((await Client.DeleteResponseAsync(first.Id, Stop)).Value.Deleted);
        var gone = await Assert.ThrowsAsync<ClientResultException>(() => Client.GetResponseAsync(first.Id, Stop));
        Assert.Equal(404, gone.Status);
    }

    [Fact]
    public async Task The_official_client_reads_a_stream()
    {
        var (text, completed) = ("", (ResponseResult?)null);
        var options = new CreateResponseOptions("current", [ResponseItem.CreateUserMessageItem("hello")]) { StreamingEnabled = true };
        await foreach (var update in await Client.CreateResponseStreamingAsync(options, Stop))
            if (update is StreamingResponseOutputTextDeltaUpdate delta) text += delta.Delta;
            else if (update is StreamingResponseCompletedUpdate last) completed = last.Response;
        Assert.Equal(KeepingServer.Text, text);
        Assert.Equal(KeepingServer.Text, completed!.GetOutputText());
    }

    [Theory]
    [InlineData("openai-responses"), InlineData("ai-responses")]
    public async Task JavaScript_clients_read_a_stream(string client)
    {
        var (text, error) = await JavaScriptClients.StreamAsync(server.Address, client);
        Assert.Equal((KeepingServer.Text, null), (text, error));
    }
}

// Citations of a folder's passages, in a battle, and as the official client reads them.
using System.ClientModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using OpenAI;
using OpenAI.Chat;
using Xunit;
using static Majlis.tests.Server.Citations.CitingServer;

namespace Majlis.tests.Server.Citations;

public sealed class CitationRoadTests(CitingServer server) : IClassFixture<CitingServer>
{
    [Fact]
    public async Task A_folder_s_passages_are_cited_by_their_ids()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("law"));
        await File.WriteAllTextAsync(folder.File("law", "rent.md"), "# Rent\n\nThe rent of the blue house is 731 dinars.", Stop);
        await using var grounded = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("It is <co>731 dinars</co: 0:[0]>."),
            template: Template), options => options with { Documents = folder.Path });
        var message = (await server.ChoiceAsync(JsonNode.Parse("""{"messages":[{"role":"user","content":"rent of the blue house?"}]}""")!
            .AsObject(), grounded))["message"]!;
        Assert.Equal("6-16 731 dinars law/rent.md#1", Listed(message["citations"]!));
        Assert.Equal(("Rent", "document:law%2Frent.md%231"), ((string)message["annotations"]![0]!["url_citation"]!["title"]!,
            (string)message["annotations"]![0]!["url_citation"]!["url"]!));
    }

    [Fact]
    public async Task A_battle_shows_the_text_without_marks()
    {
        var http = await server.Running.PostAsync("/v1/arena/battles", $$"""
            {"messages":[{"role":"user","content":"where?"}],"documents":{{Documents}}}
            """);
        var text = (await RunningServer.EventsAsync(http)).Where(item => item.Contains("\"side\":\"a\"", StringComparison.Ordinal))
            .Select(item => (string?)JsonNode.Parse(item)!["delta"]!["content"]);
        Assert.Equal(Shown, string.Concat(text));
    }

    // The client's own names of annotations may still change.
    [Fact, Experimental("OPENAI001")]
    public async Task The_official_client_reads_annotations()
    {
        var client = new OpenAIClient(new ApiKeyCredential("any"),
            new OpenAIClientOptions { Endpoint = new Uri(server.Running.Address, "v1") });
        var options = new ChatCompletionOptions { Temperature = 0 };
        options.Patch.Set("$.documents"u8, BinaryData.FromString(Documents));
        var chat = client.GetChatClient("current");
        var completion = (await chat.CompleteChatAsync([new UserChatMessage("hello")], options, Stop)).Value;
        Assert.Equal(Shown, completion.Content.Single().Text);
        Assert.Equal([(5, 11, "doc:1", "https://x.example/m?q=1"), (16, 21, "Towns", "document:a%20b%2F%D8%AC"),
            (16, 21, "doc:1", "https://x.example/m?q=1")], completion.Annotations.Select(annotation =>
            (annotation.StartIndex, annotation.EndIndex, annotation.WebResourceTitle, annotation.WebResourceUri.OriginalString)));
        var streamed = "";
        await foreach (var update in chat.CompleteChatStreamingAsync([new UserChatMessage("hello")], options, Stop))
            streamed += string.Concat(update.ContentUpdate.Select(part => part.Text));
        Assert.Equal(Shown, streamed);
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;
}

// The official .NET client and Semantic Kernel's connector against a running server.
using System.ClientModel;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;
using OpenAI;
using OpenAI.Chat;
using Xunit;

namespace Majlis.tests.Server;

public sealed class OfficialClientTests(ChatServer shared) : IClassFixture<ChatServer>
{
    const string Text = ChatServer.Text;

    readonly RunningServer server = shared.Running;

    OpenAIClient OpenAI => new(new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = new Uri(server.Address, "v1") });

    ChatClient Chat => OpenAI.GetChatClient("current");

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_client_reads_a_whole_reply()
    {
        var completion = (await Chat.CompleteChatAsync([new UserChatMessage("hello")], new ChatCompletionOptions { Temperature = 0 },
            Stop)).Value;
        Assert.Equal(Text, completion.Content.Single().Text);
        Assert.Equal(ChatFinishReason.Stop, completion.FinishReason);
        Assert.Equal(TinyModel.Hash, completion.SystemFingerprint);
        Assert.Equal(completion.Usage.TotalTokenCount, completion.Usage.InputTokenCount + completion.Usage.OutputTokenCount);
    }

    [Fact]
    public async Task The_client_reads_a_stream_with_usage()
    {
        var (text, usage, finish) = ("", (ChatTokenUsage?)null, (ChatFinishReason?)null);
        await foreach (var update in Chat.CompleteChatStreamingAsync([new UserChatMessage("hello")],
            new ChatCompletionOptions { Temperature = 0 }, Stop))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            (usage, finish) = (update.Usage ?? usage, update.FinishReason ?? finish);
        }
        Assert.Equal((Text, ChatFinishReason.Stop), (text, finish));
        Assert.True(usage!.OutputTokenCount > 0);
    }

    [Fact]
    public async Task The_client_reads_log_probabilities()
    {
        var options = new ChatCompletionOptions { Temperature = 0, IncludeLogProbabilities = true, TopLogProbabilityCount = 3 };
        var completion = (await Chat.CompleteChatAsync([new UserChatMessage("hello")], options, Stop)).Value;
        Assert.Equal(Text, string.Concat(completion.ContentTokenLogProbabilities.Select(token => token.Token)));
        Assert.All(completion.ContentTokenLogProbabilities, token => Assert.Equal(3, token.TopLogProbabilities.Count));
    }

    [Fact]
    public async Task The_client_raises_errors_with_their_status()
    {
        var error = await Assert.ThrowsAsync<ClientResultException>(() =>
            OpenAI.GetChatClient("nobody").CompleteChatAsync([new UserChatMessage("hello")], cancellationToken: Stop));
        Assert.Equal(404, error.Status);
        Assert.Contains("model_not_found", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_client_lists_models()
    {
        var models = (await OpenAI.GetOpenAIModelClient().GetModelsAsync(Stop)).Value;
        Assert.Equal(["current", "tiny"], models.Select(model => model.Id));
        Assert.Equal("majlis", (await OpenAI.GetOpenAIModelClient().GetModelAsync("current", Stop)).Value.OwnedBy);
    }

    [Fact]
    public async Task Semantic_Kernel_chats_whole_and_streamed()
    {
        var kernel = Kernel.CreateBuilder().AddOpenAIChatCompletion("current", OpenAI).Build();
        var chat = kernel.GetRequiredService<IChatCompletionService>();
        var history = new ChatHistory("You are kind.");
        history.AddUserMessage("hello");
        var settings = new OpenAIPromptExecutionSettings { Temperature = 0 };
        Assert.Equal(Text, (await chat.GetChatMessageContentAsync(history, settings, kernel, Stop)).Content);
        var streamed = "";
        await foreach (var piece in chat.GetStreamingChatMessageContentsAsync(history, settings, kernel, Stop)) streamed += piece.Content;
        Assert.Equal(Text, streamed);
    }
}

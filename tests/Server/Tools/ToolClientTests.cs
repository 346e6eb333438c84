// Whole rounds of calling by .NET clients against a running server: the model calls, the client runs the function and sends its result
// back, the model answers.
using System.ClientModel;
using System.ComponentModel;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;
using OpenAI;
using OpenAI.Chat;
using Xunit;
using CallFinish = OpenAI.Chat.ChatFinishReason;
using CallMessage = OpenAI.Chat.ChatMessage;

namespace Majlis.tests.Server.Tools;

public sealed class ToolClientTests(ToolServer shared) : IClassFixture<ToolServer>
{
    readonly RunningServer server = shared.Running;
    readonly List<string> ran = [];

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    OpenAIClient OpenAI => new(new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = new Uri(server.Address, "v1") });

    [Description("Tells the weather")]
    string Weather(string city) => Ran("weather in " + city, "21 degrees");

    [Description("Tells the time")]
    string Time(string zone) => Ran("time in " + zone, "noon");

    string Ran(string what, string result)
    {
        ran.Add(what);
        return result;
    }

    static ChatTool Tool(string name, string parameter) => ChatTool.CreateFunctionTool(name, "d", BinaryData.FromString(
        $$$"""{"type":"object","properties":{"{{{parameter}}}":{"type":"string"}},"required":["{{{parameter}}}"]}"""));

    [Fact]
    public async Task The_official_client_reads_calls_and_sends_their_results()
    {
        var chat = OpenAI.GetChatClient("current");
        var options = new ChatCompletionOptions
        {
            Temperature = 0,
            Tools = { Tool("get_weather", "city"), Tool("get_time", "zone") },
            ToolChoice = ChatToolChoice.CreateAutoChoice(),
        };
        List<CallMessage> messages = [new UserChatMessage("hello")];
        var called = (await chat.CompleteChatAsync(messages, options, Stop)).Value;
        Assert.Equal(CallFinish.ToolCalls, called.FinishReason);
        Assert.Equal(["get_weather", "get_time"], called.ToolCalls.Select(call => call.FunctionName));
        Assert.Equal("فاس", (string)JsonNode.Parse(called.ToolCalls[0].FunctionArguments)!["city"]!);
        messages.Add(new AssistantChatMessage(called));
        foreach (var call in called.ToolCalls) messages.Add(new ToolChatMessage(call.Id, "ok"));
        Assert.Equal(ToolServer.Told, (await chat.CompleteChatAsync(messages, options, Stop)).Value.Content.Single().Text);
    }

    [Fact]
    public async Task The_official_client_joins_streamed_calls()
    {
        var options = new ChatCompletionOptions { Temperature = 0, Tools = { Tool("get_weather", "city"), Tool("get_time", "zone") } };
        var (names, arguments, finish) = (new List<string>(), new Dictionary<int, string>(), default(CallFinish?));
        var chat = OpenAI.GetChatClient("current");
        await foreach (var update in chat.CompleteChatStreamingAsync([new UserChatMessage("hello")], options, Stop))
        {
            finish = update.FinishReason ?? finish;
            foreach (var call in update.ToolCallUpdates)
            {
                if (call.FunctionName is { Length: > 0 } name) names.Add(name);
                arguments[call.Index] = arguments.GetValueOrDefault(call.Index) + call.FunctionArgumentsUpdate;
            }
        }
        Assert.Equal(["get_weather", "get_time"], names);
        Assert.Equal([ToolServer.Weather, ToolServer.Time], arguments.OrderBy(call => call.Key).Select(call => call.Value));
        Assert.Equal(CallFinish.ToolCalls, finish);
    }

    [Fact]
    public async Task The_official_client_can_make_the_model_call()
    {
        var options = new ChatCompletionOptions
        {
            Temperature = 0,
            Tools =
            {
                Tool("get_weather", "city"),
                ChatTool.CreateFunctionTool("get_time", "d", BinaryData.FromString("""{"type":"object","additionalProperties":false}""")),
            },
            ToolChoice = ChatToolChoice.CreateFunctionChoice("get_time"),
        };
        var called = (await OpenAI.GetChatClient("current").CompleteChatAsync([new UserChatMessage("hello")], options, Stop)).Value;
        Assert.Equal("get_time", called.ToolCalls.Single().FunctionName);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Extensions_AI_runs_the_functions(bool streamed)
    {
        using var client = OpenAI.GetChatClient("current").AsIChatClient().AsBuilder().UseFunctionInvocation().Build();
        var options = new ChatOptions
        {
            Temperature = 0,
            Tools = [AIFunctionFactory.Create(Weather, "get_weather"), AIFunctionFactory.Create(Time, "get_time")],
        };
        List<Microsoft.Extensions.AI.ChatMessage> messages = [new(ChatRole.User, "hello")];
        var response = streamed ? await client.GetStreamingResponseAsync(messages, options, Stop).ToChatResponseAsync(Stop)
            : await client.GetResponseAsync(messages, options, Stop);
        Assert.Equal(["weather in فاس", "time in Africa/Casablanca"], ran);
        Assert.Equal(ToolServer.Told, response.Messages[^1].Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Semantic_Kernel_runs_the_functions(bool streamed)
    {
        // The kernel joins the plugin's name and the function's by a hyphen.
        await using var hyphens = await ToolServer.StartAsync(ToolServer.Written.Replace("get_", "get-", StringComparison.Ordinal));
        var kernel = Kernel.CreateBuilder().AddOpenAIChatCompletion("current", new OpenAIClient(new ApiKeyCredential("any"),
            new OpenAIClientOptions { Endpoint = new Uri(hyphens.Address, "v1") })).Build();
        kernel.Plugins.AddFromFunctions("get",
        [
            KernelFunctionFactory.CreateFromMethod(Weather, "weather"), KernelFunctionFactory.CreateFromMethod(Time, "time"),
        ]);
        var settings = new OpenAIPromptExecutionSettings { Temperature = 0, FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };
        var history = new ChatHistory();
        history.AddUserMessage("hello");
        var chat = kernel.GetRequiredService<IChatCompletionService>();
        var said = "";
        if (streamed)
            await foreach (var piece in chat.GetStreamingChatMessageContentsAsync(history, settings, kernel, Stop)) said += piece.Content;
        else said = (await chat.GetChatMessageContentAsync(history, settings, kernel, Stop)).Content;
        Assert.Equal(["weather in فاس", "time in Africa/Casablanca"], ran);
        Assert.EndsWith(ToolServer.Told, said, StringComparison.Ordinal);
    }
}

// A server whose template shows tools as Qwen's does, whose model recites calls, and requests that offer tools.
using System.Text.Json.Nodes;
using Majlis.Server;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Tools;

/// <summary>Says a word and calls two tools; once a tool has answered it says what it knows.</summary>
public sealed class ToolServer : IAsyncLifetime
{
    public const string Template = """
        {%- if tools %}{{ '<|im_start|>system\n<tools>' }}{{ tools | tojson }}{{ '</tools> by <tool_call><|im_end|>\n' }}{% endif %}
        {%- for message in messages %}{{ '<|im_start|>' + message.role + '\n' }}{{ message.content or '' }}
        {%- for call in message.tool_calls or [] %}{{ '<tool_call>' }}{{ call.function | tojson }}{{ '</tool_call>' }}{% endfor %}
        {{- '<|im_end|>\n' }}{% endfor %}
        {%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}
        """;

    public const string Weather = """{"city": "فاس"}""", Time = """{"zone": "Africa/Casablanca"}""";

    public const string Written = "I look.\n<tool_call>\n{\"name\": \"get_weather\", \"arguments\": " + Weather + "}\n</tool_call>\n"
        + "<tool_call>\n{\"name\": \"get_time\", \"arguments\": " + Time + "}\n</tool_call>";

    public const string Told = "It is 21 degrees at noon.";

    public const string Tools = """
        [{"type":"function","function":{"name":"get_weather","description":"Tells the weather","strict":false,
          "parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}},
         {"type":"function","function":{"name":"get_time"}}]
        """;

    internal RunningServer Running { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Running = await StartAsync(Written);

    public ValueTask DisposeAsync() => Running.DisposeAsync();

    internal static Task<RunningServer> StartAsync(params string[] texts) => StartAsync(Template, options => options, texts);

    internal static Task<RunningServer> StartAsync(string template, Func<ServerOptions, ServerOptions> options, params string[] texts) =>
        RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork(texts) { OnceToolsAnswered = Told }, template: template), options);

    /// <summary>A request's fields with both tools, and more.</summary>
    public static JsonObject Fields(string more = "{}")
    {
        var fields = JsonNode.Parse(more)!.AsObject();
        fields["tools"] ??= JsonNode.Parse(Tools);
        return fields;
    }

    internal static async Task<JsonNode> ChoiceAsync(RunningServer server, JsonObject fields) =>
        (await RunningServer.JsonAsync(await server.ChatAsync(fields)))["choices"]![0]!;

    internal static async Task<List<JsonNode>> ChunksAsync(RunningServer server, JsonObject fields)
    {
        fields["stream"] = true;
        var events = await RunningServer.EventsAsync(await server.ChatAsync(fields));
        Assert.Equal("[DONE]", events[^1]);
        return [.. events[..^1].Select(item => JsonNode.Parse(item)!["choices"]![0]!)];
    }
}

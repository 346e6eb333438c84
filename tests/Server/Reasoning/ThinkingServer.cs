// Servers whose templates and models think as Qwen's do: the model begins to think by itself, or its prompt has begun it.
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Majlis.tests.Server.Reasoning;

/// <summary>The model may begin to think.</summary>
public sealed class ThinkingServer : IAsyncLifetime
{
    const string Asked = "{{ '<|im_start|>assistant\\n' }}";

    /// <summary>With a switch, and a place for what was thought before.</summary>
    public const string Template = """
        {%- for message in messages %}{{ '<|im_start|>' + message.role + '\n' }}
        {%- if message.reasoning_content %}{{ '<think>\n' + message.reasoning_content + '\n</think>\n\n' }}{% endif %}
        {{- message.content + '<|im_end|>\n' }}{% endfor %}
        {%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}
        {%- if enable_thinking is defined and not enable_thinking %}{{ '<think>\n\n</think>\n\n' }}{% endif %}{% endif %}
        """;

    public const string Thought = "Two and two 🌈 <b>", Told = "It is four.";

    public const string Thinking = "<think>\n" + Thought + "\n</think>";

    /// <summary>A thought, an answer; what it says where it must not think, and where it is stopped after so many bytes.</summary>
    public const string Written = Thinking + "\n\n" + Told;

    public const string Unthought = "<think>\n\n</think>\n\nFive.", Stopped = "<think>\nTwo a\n</think>Six.";

    internal RunningServer Running { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Running = await StartAsync(isOpened: false, Written, Unthought, Stopped);

    public ValueTask DisposeAsync() => Running.DisposeAsync();

    /// <param name="isOpened">The prompt ends with the opening mark.</param>
    internal static Task<RunningServer> StartAsync(bool isOpened, params string[] texts) =>
        RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork(texts), template: isOpened ? Opened(Template) : Template));

    internal static string Opened(string template) =>
        template.Replace(Asked, "{{ '<|im_start|>assistant\\n<think>\\n' }}", StringComparison.Ordinal);

    internal static int Bytes(string text) => Encoding.UTF8.GetByteCount(text);

    internal static string Prompt(JsonNode reply) =>
        TinyText.Tokenizer.Decode(reply["prompt_token_ids"]!.AsArray().Select(id => (int)id!).ToArray(), skipSpecialTokens: false);
}

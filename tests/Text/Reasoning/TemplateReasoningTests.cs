// Real templates: how their models mark thinking, and which variables make a difference to it.
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Majlis.Text.Chat;
using Majlis.Text.Chat.Reasoning;
using Xunit;

namespace Majlis.tests.Text.Reasoning;

public sealed class TemplateReasoningTests
{
    static string Zoo => Shared.Data("data", "chat-templates", "chat_templates.json");

    static ChatTemplate OfZoo(string name) => GoldenTemplates.Parse(GoldenTemplates.Entries(Shared.Require(Zoo))[name]);

    [Theory]
    [InlineData("jinja-ikllama/Qwen-Qwen3-0.6B", "<think>", "enable_thinking", false)]
    [InlineData("Qwen/Qwen3.5-4B", "<think>", "enable_thinking", false)]
    [InlineData("HuggingFaceTB/SmolLM3-3B", "<think>", "enable_thinking", false)]
    [InlineData("deepseek-ai/DeepSeek-R1", "<think>", null, false)]
    [InlineData("jinja-ikllama/deepseek-ai-DeepSeek-R1-Distill-Llama-8B", "<think>", null, false)]
    [InlineData("jinja-ikllama/deepseek-ai-DeepSeek-V4", "<think>", "enable_thinking", true)]
    [InlineData("jinja-ikllama/GLM-5.2", "<think>", "enable_thinking", true)]
    [InlineData("jinja-ikllama/ibm-granite-granite-3.3-2B-Instruct", "<think>", "thinking", false)]
    [InlineData("CohereLabs/command-a-reasoning-08-2025", "<|START_THINKING|>", "reasoning", false)]
    [InlineData("jinja-ikllama/Cohere2MoE", "<|START_THINKING|>", "reasoning", false)]
    [InlineData("command-r7b-arabic", "<|START_THINKING|>", null, false)]
    [InlineData("jinja-ikllama/mistralai-Ministral-3-14B-Reasoning-2512", "[THINK]", null, false)]
    [InlineData("jinja-ikllama/openai-gpt-oss-120b", "<|channel|>analysis<|message|>", null, true)]
    [InlineData("Qwen/Qwen2.5-7B-Instruct", null, null, false)]
    [InlineData("jinja-ikllama/meta-llama-Llama-3.1-8B-Instruct", null, null, false)]
    public void A_template_shows_what_it_does_with_thinking(string name, string? open, string? found, bool takesEffort)
    {
        var reasoning = OfZoo(name).Reasoning;
        Assert.Equal((open, found, takesEffort), (reasoning.Format?.Open, reasoning.Switch, reasoning.TakesEffort));
    }

    [Theory]
    [InlineData("{{ messages[0].content }}{{ enable_thinking }}", "enable_thinking")]
    // Read, but nothing follows from it.
    [InlineData("{{ messages[0].content }}{% if enable_thinking %}{% endif %}", null)]
    [InlineData("{{ messages[0].content }}", null)]
    public void A_switch_is_a_variable_that_changes_the_prompt(string template, string? found) =>
        Assert.Equal(found, ChatTemplate.Parse(template, new SpecialTokens()).Reasoning.Switch);

    [Fact]
    public void What_was_thought_before_calls_is_the_plan_of_a_template_that_reads_plans()
    {
        var template = ChatTemplate.Parse("{% for m in messages %}{{ m.role }}:{{ m.tool_plan or '' }};{% endfor %}", new SpecialTokens());
        Assert.Equal("user:;assistant:I look.;", PromptText.Of(template, new Conversation(JsonNode.Parse("""
            [{"role":"user","content":"hi"},
             {"role":"assistant","content":"So:","reasoning_content":"I look.",
              "tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]}]
            """)!.AsArray())));
    }
}

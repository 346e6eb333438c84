// Real templates: which call format each belongs to, whether it shows tools, and which calls of earlier answers it refuses.
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Majlis.Text.Chat;
using Majlis.Text.Chat.ToolCalls;
using Xunit;

namespace Majlis.tests.Text.ToolCalls;

public sealed class ToolTemplateTests
{
    static string Zoo => Shared.Data("data", "chat-templates", "chat_templates.json");

    static TemplateTools Tools(string template) => ChatTemplate.Parse(template, new SpecialTokens()).Tools;

    static TemplateTools OfZoo(string name) => GoldenTemplates.Parse(GoldenTemplates.Entries(Shared.Require(Zoo))[name]).Tools;

    [Theory]
    [InlineData("jinja-ikllama/CohereForAI-c4ai-command-r7b-12-2024-tool_use", "cohere")]
    [InlineData("CohereLabs/command-a-reasoning-08-2025", "cohere")]
    [InlineData("Qwen/Qwen2.5-7B-Instruct", "hermes")]
    [InlineData("jinja-ikllama/Qwen-Qwen3-0.6B", "hermes")]
    [InlineData("jinja-ikllama/NousResearch-Hermes-3-Llama-3.1-8B-tool_use", "hermes")]
    [InlineData("HuggingFaceTB/SmolLM3-3B", "hermes")]
    [InlineData("library/granite4:350m", "hermes")]
    [InlineData("jinja-ikllama/meta-llama-Llama-3.1-8B-Instruct", "llama")]
    [InlineData("jinja-ikllama/meta-llama-Llama-3.2-3B-Instruct", "llama")]
    [InlineData("mistralai/Mistral-Nemo-Instruct-2407", "mistral")]
    [InlineData("jinja-ikllama/Mistral-Small-3.2-24B-Instruct-2506", "mistral")]
    [InlineData("jinja-ikllama/mistralai-Ministral-3-14B-Reasoning-2512", "mistral")]
    [InlineData("jinja-ikllama/Qwen3-Coder", "qwen3_coder")]
    [InlineData("Qwen/Qwen3.5-4B", "qwen3_coder")]
    [InlineData("jinja-ikllama/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16", "qwen3_coder")]
    [InlineData("jinja-ikllama/ByteDance-Seed-OSS", "seed_oss")]
    [InlineData("jinja-ikllama/openai-gpt-oss-120b", "harmony")]
    [InlineData("jinja-ikllama/GLM-4.6", "glm45")]
    [InlineData("jinja-ikllama/GLM-5.2", "glm45")]
    [InlineData("jinja-ikllama/Kimi-K2-Instruct", "kimi_k2")]
    [InlineData("library/granite3.3:2b", "granite")]
    [InlineData("jinja-ikllama/google-gemma-4-31B-it", "gemma4")]
    public void A_template_shows_its_format_and_the_tools(string name, string? format)
    {
        var tools = OfZoo(name);
        Assert.Equal((format, true), (tools.Format?.Name, tools.Shown));
    }

    // These write calls, and leave it to whoever asks to say which tools there are.
    [Theory]
    [InlineData("deepseek-ai/DeepSeek-R1", "deepseek_v3")]
    [InlineData("jinja-ikllama/deepseek-ai-DeepSeek-V3.1", "deepseek_v31")]
    public void A_template_that_shows_no_tools_may_show_its_format(string name, string format)
    {
        var tools = OfZoo(name);
        Assert.Equal((format, false), (tools.Format?.Name, tools.Shown));
    }

    [Theory]
    [InlineData("jinja-ikllama/google-gemma-2-2b-it")]
    // These read tools and drop them.
    [InlineData("command-r7b-arabic")]
    [InlineData("library/command-r7b:7b")]
    public void One_that_hides_tools_is_found_out(string name) => Assert.False(OfZoo(name).Shown);

    [Theory]
    [InlineData("library/command-r7b:7b", false)]
    [InlineData("Qwen/Qwen2.5-7B-Instruct", true)]
    public void Tools_beside_documents_are_a_matter_of_their_own(string name, bool shown) =>
        Assert.Equal(shown, OfZoo(name).ShownBesideDocuments);

    [Theory]
    [InlineData("jinja-ikllama/meta-llama-Llama-3.1-8B-Instruct", true, false)]
    [InlineData("mistralai/Mistral-Nemo-Instruct-2407", false, true)]
    [InlineData("Qwen/Qwen2.5-7B-Instruct", false, false)]
    public void What_a_template_refuses_of_calls_is_known(string name, bool onlyOne, bool onlyShort)
    {
        var tools = OfZoo(name);
        Assert.Equal((onlyOne, onlyShort), (tools.OnlyOneCall, tools.OnlyShortIds));
    }

    [Theory]
    [InlineData("{% for t in tools or [] %}{{ t.function.name }}{% endfor %}{{ messages[0].content }} <tool_call>", "hermes", true)]
    [InlineData("{{ messages[0].content }} [TOOL_CALLS]", "mistral", false)]
    [InlineData("{{ messages[0].content }}{{ tools | tojson }} [func_name1(params_name1=params_value1)]", "pythonic", true)]
    [InlineData("{{ messages[0].content }}", null, false)]
    public void A_small_template_is_read_alike(string template, string? format, bool shown)
    {
        var tools = Tools(template);
        Assert.Equal((format, shown), (tools.Format?.Name, tools.Shown));
    }

    [Fact]
    public void Ids_are_shortened_for_a_template_that_wants_nine_letters()
    {
        var template = ChatTemplate.Parse("""
            {%- for m in messages %}{{ m.content }}{% for c in m.tool_calls or [] -%}
            {{ raise_exception('nine!') if c.id | length != 9 }}<{{ c.id }}>{% endfor %}{{ '=' + m.tool_call_id if m.tool_call_id }}
            {%- endfor %}{{ tools }}
            """, new SpecialTokens());
        var prompt = PromptText.Of(template, new Conversation(JsonNode.Parse("""
            [{"role":"user","content":"hi"},
             {"role":"assistant","content":"so","tool_calls":[
               {"id":"call_0123456789abcdefghijABCD","type":"function","function":{"name":"f","arguments":"{}"}},
               {"id":"abcdefghi","type":"function","function":{"name":"f","arguments":"{}"}}]},
             {"role":"tool","tool_call_id":"call_0123456789abcdefghijABCD","content":"1"},
             {"role":"tool","tool_call_id":"abcdefghi","content":"2"}]
            """)!.AsArray()));
        Assert.Matches(@"^hiso<(?<id>[0-9a-f]{9})><abcdefghi>1=\k<id>2=abcdefghi", prompt);
    }

    [Fact]
    public void What_is_said_before_calls_is_the_plan_of_a_template_that_reads_plans()
    {
        var template = ChatTemplate.Parse("{% for m in messages %}{{ m.role }}:{{ m.tool_plan or '' }};{% endfor %}", new SpecialTokens());
        Assert.Equal("user:;assistant:I look.;", PromptText.Of(template, new Conversation(JsonNode.Parse("""
            [{"role":"user","content":"hi"},
             {"role":"assistant","content":"I look.","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]}]
            """)!.AsArray())));
    }
}

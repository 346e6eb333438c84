// One conversation, as OpenAI's clients send it, in the form that each template reads.
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Majlis.Text.Chat;
using Majlis.Text.Jinja;
using Xunit;

namespace Majlis.tests.Text;

public sealed class ConversationFormTests
{
    const string Calls = """
        [{"role":"user","content":"hi"},
         {"role":"assistant","content":null,"tool_calls":[{"id":"call00001","type":"function","function":{"name":"f","arguments":"{}"}}]},
         {"role":"tool","tool_call_id":"call00001","content":"ok"}]
        """;

    static string Text(string template, string messages) =>
        PromptText.Of(ChatTemplate.Parse(template, new SpecialTokens()), new Conversation(JsonNode.Parse(messages)!.AsArray()));

    static string OfCaller(string body) => "{% for m in messages %}{% if m.role == 'assistant' %}" + body + "{% endif %}{% endfor %}";

    [Theory]
    // A template that reads content as text gets the empty text.
    [InlineData("[{{ 'x' + m.content }}]", "[x]")]
    [InlineData("[{{ m['content'] | trim }}]", "[]")]
    [InlineData("[{{ m.content | tojson }}]", "[\"\"]")]
    [InlineData("[{{ m.content.strip().split('x')[-1] }}]", "[]")]
    [InlineData("[{% if m.content %}text{% else %}calls{% endif %}]", "[calls]")]
    [InlineData("[{% if m.content is string %}{{ m.content }}{% else %}{% for p in m.content %}{{ p }}{% endfor %}{% endif %}]", "[]")]
    // A template that checks for absence finds it absent.
    [InlineData("[{% if m.content is defined %}text{% else %}calls{% endif %}]", "[calls]")]
    [InlineData("[{% if m.content is defined %}{{ m.content or '' }}text{% else %}calls{% endif %}]", "[calls]")]
    [InlineData("[{% if 'content' in m %}text{% else %}calls{% endif %}]", "[calls]")]
    [InlineData("[{% if m.content is none %}calls{% else %}{{ m.content }}text{% endif %}]", "[calls]")]
    [InlineData("[{% if m.content is not none %}{{ 'x' + m.content }}{% else %}calls{% endif %}]", "[calls]")]
    [InlineData("[{% if m['content'] is defined and m['content'] is not none %}text{% else %}calls{% endif %}]", "[calls]")]
    // A template that requires text beside every call, or forbids it.
    [InlineData("[{{ raise_exception('content!') if m.content is not defined or m.content is none }}{{ m.content }}]", "[]")]
    [InlineData("[{{ raise_exception('no content!') if m.content is defined and m.content is not none }}calls]", "[calls]")]
    // A template that shows the calls only beside text.
    [InlineData("{% if m.content is defined and m.content is not none %}[{{ m.tool_calls[0].function.name }}]{% endif %}", "[f]")]
    public void Content_that_is_not_there_is_what_the_template_makes_of_it(string body, string expected)
    {
        Assert.Equal(expected, Text(OfCaller(body), Calls));
        Assert.Equal(expected, Text(OfCaller(body), Calls.Replace("\"content\":null,", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_template_of_parts_gets_an_empty_part() => Assert.Equal("[hi][][ok]",
        Text("{% for m in messages %}[{{ m.content[0].text }}]{% endfor %}", Calls));

    /// <summary>A template that takes an assistant's empty text beside its calls also takes no text.</summary>
    [Fact]
    public void Every_real_template_takes_calls_without_content_and_arguments_that_are_no_JSON()
    {
        var refused = GoldenTemplates.Entries(Shared.Data("data", "chat-templates", "chat_templates.json")).Values.Where(entry =>
        {
            var template = GoldenTemplates.Parse(entry);
            return Takes(template, Calls.Replace("null", "\"\"", StringComparison.Ordinal))
                && !(Takes(template, Calls) && Takes(template, Calls.Replace("\"{}\"", "\"{\"", StringComparison.Ordinal)));
        }).Select(entry => (string?)entry["name"]);
        Assert.Empty(refused);
    }

    static bool Takes(ChatTemplate template, string messages)
    {
        try
        {
            return !PromptText.Of(template, new Conversation(JsonNode.Parse(messages)!.AsArray()) { AddGenerationPrompt = true })
                .Contains("None", StringComparison.Ordinal);
        }
        catch (JinjaException)
        {
            return false;
        }
    }

    [Theory]
    [InlineData("{}", "{}")]
    [InlineData("", "{}")]
    [InlineData(" ", "{}")]
    [InlineData("{\\\"a\\\": ", "\"{\\\"a\\\": \"")]
    [InlineData("[1]", "\"[1]\"")]
    [InlineData("{\\\"a\\\": 1, \\\"a\\\": 2}", "{\"a\": 2}")]
    public void Arguments_are_an_object_where_they_are_one_and_else_the_text(string arguments, string expected) => Assert.Equal(expected,
        Text(OfCaller("{{ m.tool_calls[0].function.arguments | tojson }}"),
            Calls.Replace("\"{}\"", $"\"{arguments}\"", StringComparison.Ordinal)));

    [Fact]
    public void Arguments_stay_text_where_the_template_joins_them_to_text() => Assert.Equal("args: {}",
        Text(OfCaller("{{ 'args: ' + m.tool_calls[0].function.arguments }}"), Calls));

    [Fact]
    public void Text_that_is_no_object_is_wrapped_where_the_template_walks_objects_only() => Assert.Equal("arguments={\"a\": ",
        Text(OfCaller("{% for k, v in m.tool_calls[0].function.arguments.items() %}{{ k }}={{ v }}{% endfor %}"),
            Calls.Replace("\"{}\"", "\"{\\\"a\\\": \"", StringComparison.Ordinal)));

    const string Legacy = """
        [{"role":"user","content":"hi"},{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{\"a\":1}"}},
         {"role":"function","name":"f","content":"1"}]
        """;

    [Fact]
    public void Function_calls_of_old_are_tool_calls() => Assert.Equal("user assistant<f {\"a\": 1} call00001> tool(f call00001)", Text("""
        {%- for m in messages %}{{ m.role }}{% if m.tool_calls %}{% for c in m.tool_calls -%}
        <{{ c.function.name }} {{ c.function.arguments | tojson }} {{ c.id }}>
        {%- endfor %}{% elif m.role == 'tool' %}({{ m.name }} {{ m.tool_call_id }}){% endif %}{{ '' if loop.last else ' ' }}{% endfor %}
        """, Legacy));

    [Fact]
    public void Function_calls_of_old_stay_where_the_template_knows_them() => Assert.Equal("user;assistant f;function;",
        Text("{% for m in messages %}{{ m.role }}{% if m.function_call %} {{ m.function_call.name }}{% endif %};{% endfor %}", Legacy));

    [Fact]
    public void Developers_stay_developers_where_the_template_knows_them()
    {
        const string messages = """[{"role":"developer","content":"Be brief."}]""";
        Assert.Equal("developer",
            Text("{% for m in messages %}{% if m.role in ['system', 'developer'] %}{{ m.role }}{% endif %}{% endfor %}", messages));
        Assert.Equal("system", Text("{% for m in messages %}{{ m.role }}{% endfor %}", messages));
    }

    [Fact]
    public void What_is_no_part_of_the_model_s_words_stays_outside() => Assert.Equal("role content;", Text(
        "{% for m in messages %}{{ m.keys() | join(' ') }};{% endfor %}",
        """
        [{"role":"assistant","content":"x","refusal":null,"annotations":[],"audio":null,"tool_calls":[],"provider_specific_fields":{"a":1}}]
        """));

    [Theory]
    [InlineData("""{"content":"a"}""", "a")]
    [InlineData("""{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}""", "a\nb")]
    [InlineData("""{"content":[{"type":"text","text":"a"},{"type":"refusal","refusal":"b"}]}""", "a\nb")]
    [InlineData("""{"content":"","refusal":"no"}""", "no")]
    [InlineData("""{"content":null}""", "")]
    [InlineData("{}", "")]
    public void The_text_of_a_message_has_one_separator(string message, string expected) =>
        Assert.Equal(expected, MessageContent.TextOf(JsonNode.Parse(message)));
}

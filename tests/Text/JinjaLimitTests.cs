// Hostile templates and values: every attack ends in a JinjaException, in bounded time, memory and stack.
using System.Text.Json.Nodes;
using Majlis.Text.Jinja;
using Xunit;

namespace Majlis.tests.Text;

public sealed class JinjaLimitTests
{
    static string Render(string source, JsonObject? context = null) =>
        JinjaTemplate.Parse(source).Render(context ?? [], JinjaCheck.Noon).Text;

    [Theory]
    [InlineData("{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}", "RecursionError")]
    [InlineData("{% macro f() %}{% call f() %}{% endcall %}{% endmacro %}{{ f() }}", "TypeError")]
    [InlineData("{% for x in [1] recursive %}{{ loop([x]) }}{% endfor %}", "RecursionError")]
    [InlineData("{% set ns = namespace() %}{% set ns.self = ns %}{{ ns }}", "RecursionError")]
    [InlineData("{{ range(100001) }}", "OverflowError")]
    [InlineData("{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}", "TemplateRuntimeError")]
    [InlineData("{{ 'x' * 2000000000 }}", "TemplateRuntimeError")]
    [InlineData("{{ [0] * 2000000000 }}", "TemplateRuntimeError")]
    [InlineData("{{ 'x'.center(2000000000) }}", "TemplateRuntimeError")]
    [InlineData("{{ 'x'.ljust(2000000000) }}", "TemplateRuntimeError")]
    [InlineData("{{ '%2000000000d' % 1 }}", "TemplateRuntimeError")]
    [InlineData("{{ '{:2000000000}'.format(1) }}", "TemplateRuntimeError")]
    [InlineData("{{ '%.2000000000f' % 1.5 }}", "TemplateRuntimeError")]
    [InlineData("{{ '{:.2000000000f}'.format(1.5) }}", "TemplateRuntimeError")]
    [InlineData("{{ 'x' | indent(2000000000, true) }}", "TemplateRuntimeError")]
    [InlineData("{{ {'a': 1} | tojson(indent=2000000000) }}", "TemplateRuntimeError")]
    [InlineData("{{ [1] | batch(2000000000, 0) | list }}", "TemplateRuntimeError")]
    [InlineData("{{ [1] | slice(2000000000) | list }}", "TemplateRuntimeError")]
    [InlineData("{{ 10 ** (10 ** 10) }}", "OverflowError")]
    [InlineData("{% set ns = namespace(n=3) %}{% for i in range(99) %}{% set ns.n = ns.n * ns.n %}{% endfor %}{{ ns.n }}", "OverflowError")]
    [InlineData("{% set ns = namespace(s='x') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}", "TemplateRuntimeError")]
    [InlineData("{% set ns = namespace(s='x') %}{% for i in range(99) %}{% set ns.s = ns.s | replace('x', 'xxxxxxxx') %}{% endfor %}",
        "TemplateRuntimeError")]
    [InlineData("{{ ''.__class__.__mro__ }}", "SecurityError")]
    [InlineData("{{ '{0.__class__.__mro__}'.format(1) }}", "SecurityError")]
    [InlineData("{{ (1 | attr('__class__')).x }}", "SecurityError")]
    [InlineData("{{ {}.update({}) }}", "SecurityError")]
    [InlineData("{{ [].append(1) }}", "SecurityError")]
    [InlineData("{{ cycler.__init__.__globals__ }}", "SecurityError")]
    public void An_attack_ends_in_an_error(string source, string kind) =>
        Assert.Equal(kind, Assert.Throws<JinjaException>(() => Render(source)).Kind);

    [Fact]
    public void Long_conversations_are_no_attack()
    {
        var messages = new JsonArray([.. Enumerable.Range(0, 1000)
            .Select(_ => new JsonObject { ["role"] = "user", ["content"] = new string('x', 2000) })]);
        var text = Render("{% for m in messages %}{{ '<' }}{{ m.role }}{{ '>' }}{{ m.content }}{{ '\n' }}{% endfor %}",
            new JsonObject { ["messages"] = messages });
        Assert.Equal(1000 * 2007, text.Length);
    }

    [Fact]
    public void Many_replacements_in_a_long_text_are_no_attack() =>
        Assert.Equal(200_000, Render("{{ ('ab' * 100000)|replace('a', 'c') }}").Length);

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("not ", "")]
    [InlineData("-", "")]
    [InlineData("1 if 1 else ", "")]
    [InlineData("{1:", "}")]
    public void Deep_nesting_is_refused_or_rendered(string open, string close)
    {
        var source = "{{ " + string.Concat(Enumerable.Repeat(open, 100_000)) + "1" + string.Concat(Enumerable.Repeat(close,
            100_000)) + " }}";
        RefusedOrRendered(source);
    }

    [Fact]
    public void Long_chains_are_refused_or_rendered() =>
        RefusedOrRendered("{{ 1" + string.Concat(Enumerable.Repeat("+1", 100_000)) + " }}", "100001");

    [Fact]
    public void Deep_blocks_are_refused_or_rendered() =>
        RefusedOrRendered(
            string.Concat(Enumerable.Repeat("{% if 1 %}", 50_000)) + string.Concat(Enumerable.Repeat("{% endif %}", 50_000)), "");

    [Fact]
    public void Deep_values_are_refused_or_rendered()
    {
        JsonNode deep = new JsonArray();
        for (var i = 0; i < 100_000; i++) deep = new JsonArray(deep);
        RefusedOrRendered("{{ x | tojson }}", context: new JsonObject { ["x"] = deep });
    }

    /// <summary>The reachable stack depth differs between builds and tiers of compilation: the process must survive.</summary>
    static void RefusedOrRendered(string source, string? expected = null, JsonObject? context = null)
    {
        try
        {
            var text = Render(source, context);
            if (expected is not null) Assert.Equal(expected, text);
        }
        catch (JinjaException)
        {
            // Nested too deeply for this build.
        }
    }

    [Fact]
    public void A_refusal_carries_the_templates_own_message()
    {
        var refusal = Assert.Throws<TemplateRefusedException>(() => Render("{{ raise_exception('Roles must <alternate> \"here\"') }}"));
        Assert.Equal("Roles must <alternate> \"here\"", refusal.Message);
    }

    [Fact]
    public void Syntax_errors_name_the_line() =>
        Assert.Equal(3, Assert.Throws<JinjaException>(() => JinjaTemplate.Parse("a\n{# b #}\n{% if %}")).Line);

    [Fact]
    public async Task One_template_renders_on_many_threads_at_a_time()
    {
        var template = JinjaTemplate.Parse(
            "{% set ns = namespace(n=0) %}{% for i in range(50) %}{% set ns.n = ns.n + x %}{% endfor %}{{ ns.n }}a");
        var results = await Task.WhenAll(Enumerable.Range(0, 64)
            .Select(x => Task.Run(() => template.Render(new JsonObject { ["x"] = x }, JinjaCheck.Noon).Text)));
        Assert.Equal(Enumerable.Range(0, 64).Select(x => $"{50 * x}a"), results);
    }
}

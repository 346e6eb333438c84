// Corners of Python and Jinja2 that no golden case reaches: numbers, text, limits, errors. Each expectation is what Jinja2 3.1.6 gives.
using System.Text.Json.Nodes;
using Majlis.Text.Jinja;
using Xunit;

namespace Majlis.tests.Text;

public sealed class JinjaPythonTests
{
    static string Render(string source, JsonObject? context = null) =>
        JinjaTemplate.Parse(source).Render(context ?? [], JinjaCheck.Noon).Text;

    [Theory]
    [InlineData("{{ 1234|round(-2) }} {{ 1250|round(-2) }} {{ 1350|round(-2) }} {{ -1250|round(-2) }} {{ 5|round(-2147483648) }}",
        "1200 1200 1400 -1200 0")]
    [InlineData("{{ ('%.1100f' % 0.1)|length }} {{ ('%.60f' % 0.1) }}",
        "1102 0.100000000000000005551115123125782702118158340454101562500000")]
    [InlineData("{{ 0.015|round(2) }} {{ 0.075|round(2) }} {{ 2.675|round(2) }} {{ 2.5|round }} {{ 1.005|round(20) }}",
        "0.01 0.07 2.67 2.0 1.005")]
    [InlineData("{{ 1250.0|round(-2) }} {{ -0.4|round }} {{ 12.345|round(1, 'floor') }}", "1200.0 -0.0 12.3")]
    [InlineData("{{ '%.1f' % 0.25 }} {{ '%.0f' % 2.5 }} {{ '%.2f' % -1.005 }} {{ '{:.0%}'.format(0.125) }}", "0.2 2 -1.00 12%")]
    [InlineData("{{ '١٢'|int }} {{ '١٢.٥'|float }} {{ '-３'|int }} {{ '٫'|int }}", "12 12.5 -3 0")]
    [InlineData("{{ 1.0 // 0.1 }} {{ -4.0 % 2 }} {{ 4.0 % -2 }} {{ -7.5 // 2 }} {{ -7.5 % 2 }} {{ 0.0 // -1.0 }}",
        "9.0 0.0 -0.0 -4.0 0.5 -0.0")]
    [InlineData("{{ '%#x' % 255 }} {{ '%#o' % 8 }} {{ '%#X' % 255 }} {{ '%#06x' % 255 }} {{ '%#x' % -255 }}",
        "0xff 0o10 0XFF 0x00ff -0xff")]
    [InlineData("{{ '{:#x} {:#b} {:#08X} {:#o} {:#}'.format(255, 5, 255, 8, 3) }}", "0xff 0b101 0X0000FF 0o10 3")]
    public void Numbers_are_pythons(string source, string expected) => Assert.Equal(expected, Render(source));

    [Theory]
    [InlineData("{{ 'مُحَمَّد'|wordcount }} {{ 'a b_c ½'|wordcount }}", "4 3")]
    [InlineData("{{ 'ı'|upper }} {{ 'ᾳ'|upper }} {{ 'ᾲ'|upper }} {{ 'ὐ'|upper }} {{ 'ᾷ'|upper }} {{ 'ΐ'|upper|length }}",
        "I ΑΙ ᾺΙ Υ̓ Α͂Ι 3")]
    [InlineData("{{ '🙂🙃'.strip('🙂') }} {{ '🙂🙃'.rstrip('🙃x') }} {{ 'x🙂'.lstrip('🙃x') }}", "🙃 🙂 🙂")]
    [InlineData("{{ {'a b': 'c d/e'}|urlencode }} {{ 'a b/c'|urlencode }}", "a+b=c+d%2Fe a%20b/c")]
    [InlineData("{{ '<p>a &amp; b</p>  &lt;i&gt;'|striptags }}", "a & b <i>")]
    [InlineData("{{ missing is callable }} {{ 1 is callable }} {{ range is callable }}", "True False True")]
    [InlineData("{{ strftime_now('%P %^a %^B %-d %_m %0e') }}", "pm THU JULY 10  7 10")]
    [InlineData("{{ 'my e-mail'|wordwrap(6) }}", "my\ne-mail")]
    [InlineData("{{ 'a well-known fact--indeed so'|wordwrap(8) }}", "a well-\nknown\nfact--\nindeed\nso")]
    [InlineData("{{ 'one-two'|wordwrap(5, break_on_hyphens=false) }}", "one-t\nwo")]
    [InlineData("{{ 'abcd-efghij'|wordwrap(6) }}", "abcd-\nefghij")]
    [InlineData("{{ '  two  spaces here  '|wordwrap(7) }}", "  two\nspaces\nhere")]
    [InlineData("{{ 'abcdefghij kl'|wordwrap(4, false) }}", "abcdefghij\nkl")]
    [InlineData("{{ 'ab cdefgh'|wordwrap(3) }}", "ab \ncde\nfgh")]
    [InlineData("{{ 'a\n\nb c'|wordwrap(2) }}", "a\n\nb\nc")]
    [InlineData("{{ 'aaaa'|replace('a', 'b', 2) }} {{ 'aXbX'.replace('X', '') }}", "bbaa ab")]
    public void Text_is_pythons(string source, string expected) => Assert.Equal(expected, Render(source));

    [Theory]
    [InlineData("{{ {1: 1, 'a': 2}|tojson(sort_keys=true) }}", "TypeError")]
    [InlineData("{{ range(-2147483647, 2147483647) }}", "OverflowError")]
    [InlineData("{{ range(2147483647, -2147483647, -1) }}", "OverflowError")]
    [InlineData("{% set self.x = 1 %}", "TemplateRuntimeError")]
    public void Errors_are_jinja2s(string source, string kind) =>
        Assert.Equal(kind, Assert.Throws<JinjaException>(() => Render(source)).Kind);

    [Fact]
    public void Keys_are_sorted_for_json() =>
        Assert.Equal("{\"a\": 2, \"b\": 1}", Render("{{ {'b': 1, 'a': 2}|tojson(sort_keys=true) }}"));

    [Theory]
    [InlineData("{{ (x|nosuch) if false else 1 }}")]
    [InlineData("{{ x|nosuch if false else 1 }}")]
    [InlineData("{{ 1 if true else x|nosuch }}")]
    [InlineData("{{ 1 if true or x is nosuch else 2 }}")]
    [InlineData("{{ [x|nosuch if false else 1][0] }}")]
    public void In_a_conditional_an_unknown_filter_is_an_error_only_when_reached(string source) => Assert.Equal("1", Render(source));

    [Theory]
    [InlineData("{{ x|nosuch }}")]
    [InlineData("{{ x|nosuch or (1 if true else 2) }}")]
    [InlineData("{{ (1 if true else 2)|nosuch }}")]
    [InlineData("{{ x is nosuch }}")]
    public void Elsewhere_an_unknown_filter_is_refused_at_once(string source) =>
        Assert.Equal("TemplateAssertionError", Assert.Throws<JinjaException>(() => JinjaTemplate.Parse(source)).Kind);
}

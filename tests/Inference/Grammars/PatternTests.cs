// Regular expressions: the same texts as .NET's engine, and an honest refusal of what is not supported.
using System.Text;
using System.Text.RegularExpressions;
using Majlis.Inference.Grammars;
using Majlis.Inference.Grammars.Json;
using Xunit;

namespace Majlis.tests.Inference.Grammars;

public sealed class PatternTests
{
    [Fact]
    public void Random_patterns_match_what_NETs_engine_matches()
    {
        for (var seed = 1; seed <= 300; seed++)
        {
            var random = new RandomTexts(seed);
            var pattern = random.Pattern(3);
            var (grammar, oracle) = (new RegexSource(pattern).Compile(), new Regex($"^(?:{pattern})\\z", RegexOptions.ECMAScript));
            for (var i = 0; i < 40; i++)
            {
                var text = string.Concat(Enumerable.Range(0, random.Below(7)).Select(_ => "abcé{x7"[random.Below(7)]));
                Assert.True(grammar.Accepts(Encoding.UTF8.GetBytes(text)) == oracle.IsMatch(text), $"{pattern} on {text}");
            }
        }
    }

    [Theory]
    [InlineData("(.{1,3}\\.){1,4}[ab]+")]
    [InlineData("(a{0,2}b{0,2}){1,3}")]
    [InlineData("((a|ab){1,2}b?){2,3}\\.{0,2}")]
    [InlineData("(.{2,3}a){0,2}|(.{2,5}a){1,3}")]
    public void Bounds_within_bounds_match_what_NETs_engine_matches(string pattern)
    {
        var (grammar, oracle) = (new RegexSource(pattern).Compile(), new Regex($"^(?:{pattern})\\z", RegexOptions.ECMAScript));
        List<string> texts = [""];
        for (var at = 0; at < texts.Count; at++)
        {
            Assert.True(grammar.Accepts(Encoding.UTF8.GetBytes(texts[at])) == oracle.IsMatch(texts[at]), $"{pattern} on {texts[at]}");
            if (texts[at].Length < 7) texts.AddRange("ab.".Select(next => texts[at] + next));
        }
    }

    // After each dot a label may end or go on: the ways to read many of them differ in what is left of the bounds alone.
    [Fact]
    public void The_ways_to_read_a_text_do_not_grow_with_bounds_within_bounds()
    {
        var grammar = new RegexSource("(?!.*://)(?=.{1,255}$)((.{1,63}\\.){1,127}(?![0-9]*$)[a-z0-9-]+\\.?)").Compile();
        var state = grammar.Start;
        for (var dots = 1; dots <= 100; dots++)
        {
            grammar.Table.BeginWork();
            state = grammar.Derivatives.Next(state, (byte)'.');
            Assert.InRange(grammar.Table.Worked, 0, 5000);
        }
        Assert.True("a"u8.ToArray().Aggregate(state, grammar.Derivatives.Next).IsNullable);
    }

    [Theory]
    [InlineData("a|bc", "a bc", "b abc c")]
    [InlineData("^ab?$", "a ab", "b abb")]
    [InlineData("(?!ab)[a-c]{2}", "ac ba", "ab a")]
    [InlineData("(?=.*\\d)\\w{3}", "a1b 123", "abc a1")]
    [InlineData("[\\p{Lu}é]+", "Aé ÄÖ", "a Aa")]
    [InlineData("\\u0627\\x41\\u{1F600}", "اA😀", "اA")]
    [InlineData("a{2,3}?b+?", "aab aaabb", "ab aa")]
    [InlineData("(?<year>\\d{4})-\\d{2}", "2024-02", "24-02")]
    [InlineData("x{a}", "x{a}", "x xa")]
    public void A_pattern_matches_whole_texts(string pattern, string accepted, string refused)
    {
        var grammar = new RegexSource(pattern).Compile();
        Assert.All(accepted.Split(' '), text => Assert.True(grammar.Accepts(Encoding.UTF8.GetBytes(text)), text));
        Assert.All(refused.Split(' '), text => Assert.False(grammar.Accepts(Encoding.UTF8.GetBytes(text)), text));
    }

    // JSON Schema's patterns hold anywhere in a string.
    [Theory]
    [InlineData("b", "abc b", "ac")]
    [InlineData("^b", "bc b", "ab")]
    [InlineData("b$", "ab b", "ba")]
    [InlineData("^a|b$", "ac cb", "ca bc")]
    [InlineData("^(a|b)$", "a b", "ab")]
    [InlineData("(^x|y)z", "xz ayz", "axz")]
    [InlineData("^(?!x)", "ab", "xb")]
    public void A_pattern_in_a_schema_matches_somewhere(string pattern, string accepted, string refused)
    {
        var grammar = new SchemaSource($$"""{"type":"string","pattern":"{{pattern}}"}""", JsonLayout.Compact).Compile();
        Assert.All(accepted.Split(' '), text => Assert.True(grammar.Accepts(Encoding.UTF8.GetBytes($"\"{text}\"")), text));
        Assert.All(refused.Split(' '), text => Assert.False(grammar.Accepts(Encoding.UTF8.GetBytes($"\"{text}\"")), text));
    }

    [Theory]
    [InlineData("(a", "'('")]
    [InlineData("a)", "')'")]
    [InlineData("*a", "quantifier")]
    [InlineData("(a)\\1", "reference")]
    [InlineData("(?<=a)b", "look behind")]
    [InlineData("\\bword", "\\b")]
    [InlineData("(?i)a", "flags")]
    [InlineData("[[:alpha:]]", "POSIX")]
    [InlineData("[z-a]", "exchanged")]
    [InlineData("a{3,2}", "exchanged")]
    [InlineData("(a|^b)*", "anchor")]
    [InlineData("\\p{Script=Greek}", "property")]
    public void What_is_not_supported_is_named(string pattern, string named) =>
        Assert.Contains(named, Assert.Throws<GrammarException>(() => new RegexSource(pattern).Compile()).Message, StringComparison.Ordinal);

    [Fact]
    public void A_pattern_that_matches_nothing_is_an_error() =>
        Assert.Throws<GrammarException>(() => new RegexSource("a(?!b)(?=b)").Compile());
}

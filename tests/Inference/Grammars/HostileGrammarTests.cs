// Grammars written to harm: each is an error or a grammar, soon, and never the end of the process.
using System.Text;
using Majlis.Inference;
using Majlis.Inference.Grammars;
using Majlis.Inference.Grammars.Json;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Inference.Grammars;

public sealed class HostileGrammarTests
{
    [Theory]
    [InlineData("""{"not":{"$ref":"#/$defs/a"},"$defs":{"a":{"$ref":"#/$defs/a"}}}""")]
    [InlineData("""{"not":{"$ref":"#/$defs/a"},"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}""")]
    [InlineData("""{"oneOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/a"}],"$defs":{"a":{"$ref":"#/$defs/a"}}}""")]
    public void A_negated_reference_to_itself_is_an_error(string schema) =>
        Assert.Contains("leads back to itself", Refused(new SchemaSource(schema, JsonLayout.Compact)), StringComparison.Ordinal);

    [Fact]
    public void A_schema_that_is_its_own_opposite_is_an_error() =>
        Refused(new SchemaSource("""{"$ref":"#/$defs/a","$defs":{"a":{"not":{"$ref":"#/$defs/a"}}}}""", JsonLayout.Compact));

    [Fact]
    public void A_long_literal_needs_no_deep_stack()
    {
        var text = new string('a', 100_000);
        GrammarSource[] sources =
        [
            new ChoiceSource([text]), new RulesSource($"root ::= \"{text}\""),
            new SchemaSource($$"""{"const":"{{text}}"}""", JsonLayout.Compact),
        ];
        foreach (var source in sources)
        {
            var grammar = OnSmallStack(source.Compile);
            Assert.True(grammar.Accepts(Encoding.UTF8.GetBytes(source is SchemaSource ? $"\"{text}\"" : text)));
        }
    }

    [Theory]
    [InlineData("\"a\"? ", 20_000)]
    [InlineData("r? ", 20_000)]
    public void Many_parts_that_may_be_absent_are_no_crash(string part, int count)
    {
        var rules = "root ::= " + string.Concat(Enumerable.Repeat(part, count)) + "\nr ::= \"x\"";
        var thrown = Record.Exception(() => OnSmallStack(() => new RulesSource(rules).Compile().Accepts("b"u8)));
        Assert.True(thrown is null or GrammarException or InsufficientExecutionStackException, $"{thrown}");
    }

    [Fact]
    public void A_long_chain_of_quantifiers_is_refused()
    {
        var chain = string.Concat(Enumerable.Repeat("{2}", 5000));
        Assert.Contains("quantifiers", Refused(new RulesSource($"root ::= \"a\"{chain}")), StringComparison.Ordinal);
        Assert.Contains("quantifiers", Refused(new RegexSource($"a{chain}")), StringComparison.Ordinal);
        Assert.True(new RegexSource("(?:a{2}{2})+?").Compile().Accepts("aaaa"u8));
    }

    [Theory]
    [InlineData("(?!c)(0|x", ")")]
    [InlineData("(?!c)(0|x", "(?=c)d)")]
    public void Many_conditions_in_a_row_take_no_longer_than_their_number(string start, string end)
    {
        var pattern = start + string.Concat(Enumerable.Repeat("(a|b|(?=c)c)", 40)) + "(?=z)z" + end;
        var through = Encoding.UTF8.GetBytes("x" + new string('b', 40) + "z");
        foreach (var source in new GrammarSource[] { new RegexSource(pattern), new RulesSource($"start: /{pattern}/") })
        {
            var grammar = source.Compile();
            Assert.True(grammar.Accepts("0"u8));
            Assert.Equal(end == ")", grammar.Accepts(through));
        }
    }

    [Fact]
    public void A_long_name_above_many_schemas_is_refused()
    {
        var names = string.Join(",", Enumerable.Range(0, 2000).Select(i => $"\"p{i}\":true"));
        var schema = "{\"properties\":{\"" + new string('x', 100_000) + "\":{\"properties\":{" + names + "}}}}";
        Assert.Contains("too long", Refused(new SchemaSource(schema, JsonLayout.Compact)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_with_ever_more_readings_fails_for_the_long_text_alone()
    {
        var grammar = new RegexSource("(.|\n)*[aeiost](.|\n){5000}").Compile();
        for (var turn = 0; turn < 2; turn++)
        {
            // What is left of the bound after each a differs by two, so that the ways do not come together.
            var apart = string.Concat(Enumerable.Repeat("ab", 2000));
            Assert.Throws<GrammarException>(() => grammar.Accepts(Encoding.UTF8.GetBytes(apart)));
            Assert.False(grammar.Accepts(Encoding.UTF8.GetBytes(new string('a', 4000))));
            Assert.False(grammar.Accepts("bab"u8));
        }
    }

    [Fact]
    public async Task A_grammar_that_fails_while_an_answer_is_written_refuses_the_request()
    {
        await using var world = new EngineWorld();
        var chain = string.Concat(Enumerable.Range(0, 30_000).Select(i => $"r{i} ::= r{i + 1} | \"{i}\"\n"));
        var grammar = new RulesSource("root ::= r0\n" + chain + "r30000 ::= \"end\"").Compile();
        var request = EngineWorld.Greedy("go", 5) with { Grammar = grammar, GrammarField = "response_format" };
        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() => world.AnswerAsync(request));
        Assert.Equal("response_format", refused.Problem.Field);
    }

    static string Refused(GrammarSource source) => Assert.Throws<GrammarException>(() => OnSmallStack(source.Compile)).Message;

    /// <summary>On a stack of 512 KiB; passes on what is thrown.</summary>
    static T OnSmallStack<T>(Func<T> act)
    {
        var done = new TaskCompletionSource<T>();
        new Thread(() =>
        {
            try
            {
                done.SetResult(act());
            }
            catch (Exception thrown)
            {
                done.SetException(thrown);
            }
        }, 1 << 19).Start();
        return done.Task.GetAwaiter().GetResult();
    }
}

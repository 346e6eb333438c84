// The grammars of calls: what a format's calls look like is allowed, with arguments that fit and no others; special tokens are marks, which
// no text of a grammar spells.
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Inference.Grammars;
using Majlis.Inference.Grammars.Json;
using Majlis.tests.Server;
using Majlis.tests.Support;
using Majlis.tests.Text.ToolCalls;
using Majlis.Text.Chat.ToolCalls;
using Xunit;

namespace Majlis.tests.Inference.Grammars;

public sealed class CallGrammarTests
{
    static readonly CallTool weather = new("get_weather", JsonNode.Parse("""
        {"type":"object","properties":{"city":{"type":"string","maxLength":6},"days":{"type":"integer","minimum":1},
         "hourly":{"type":["boolean","null"]}},"required":["city"],"additionalProperties":false}
        """)!.AsObject(), Strict: true);

    static readonly string[] fitting =
        ["""{"city":"فاس"}""", """{"city":"a\nb","days":3,"hourly":true}""", """{"city":"","hourly":null}"""];

    static readonly string[] others =
        ["""{"city":"too long"}""", """{"days":3}""", """{"city":"a","days":0}""", """{"city":"a","x":1}"""];

    public static TheoryData<string> Formats => [.. ToolFormats.Names];

    static bool Accepts(Wording wording, string text) => new CallsSource(wording).Compile().Accepts(Encoding.UTF8.GetBytes(text));

    static IEnumerable<string> Ways(string format, string arguments) =>
        WrittenCall.Ways([new("get_weather", JsonNode.Parse(arguments)!.AsObject())]).Where(way => way.Format == format)
            .Select(way => way.Text.Replace(", \"id\": \"VvvODy9mT\"", "", StringComparison.Ordinal))
            .Where(text => !text.Contains("[CALL_ID]", StringComparison.Ordinal));

    [Theory, MemberData(nameof(Formats))]
    public void Calls_that_fit_are_allowed_among_text_and_alone_and_others_are_not(string format)
    {
        var written = ToolFormats.Named(format)!;
        var (only, among) = (written.Only([weather], onlyOne: false), written.Among([weather], onlyOne: false));
        foreach (var arguments in fitting)
            foreach (var text in Ways(format, arguments))
                // Half of a call's marks are read, and not written.
                if (!text.StartsWith("<function", StringComparison.Ordinal)) Assert.True(Accepts(only, text) && Accepts(among, text), text);
        foreach (var arguments in others)
            foreach (var text in Ways(format, arguments)) Assert.False(Accepts(only, text) || Accepts(among, text), text);
        Assert.True(Accepts(among, "Just a text: {} [1] `x`."));
        Assert.False(Accepts(only, "Just a text."));
    }

    [Theory]
    [InlineData("BFCL_v4_simple_python.json")]
    [InlineData("BFCL_v4_parallel.json")]
    public void The_expected_calls_of_real_functions_are_allowed(string file)
    {
        foreach (var row in FunctionCallingRowTests.Rows(file).Where((_, index) => index % 10 == 0))
            foreach (var (format, text) in WrittenCall.Ways(row))
                if (!new[] { "VvvODy9mT", "<|call|>" }.Any(text.Contains) && !text.StartsWith("<function", StringComparison.Ordinal))
                    Assert.True(Accepts(ToolFormats.Named(format)!.Only(
                        row.Select(call => call.Tool).DistinctBy(tool => tool.Name + tool.Schema), onlyOne: false), text), text);
    }

    [Fact]
    public void A_special_token_is_a_mark_that_text_cannot_spell()
    {
        var trie = new TokenTrie(TinyText.Tokenizer, RecitingNetwork.Vocabulary);
        var call = Wording.InOrder(new MarkWording("<|im_start|>"), "f", new ArgumentsWording(new("f", []), ArgumentForm.Python));
        var grammar = new CallsSource(Wording.InOrder(new FreeWording([new MarkWording("<|im_start|>")], []),
            new RepeatedWording(call, 0, null))).Compile();
        var place = new TokenConstraint(grammar, trie);
        // The other special token is a part of free text.
        foreach (var token in new[] { 'h', RecitingNetwork.ImEnd, 0xC3, RecitingNetwork.ImStart })
        {
            Assert.True(place.Mask.Allows(token));
            place.Advance(token);
        }
        Assert.Equal(['f'], Vocabularies.Members(place.Mask, trie));
        Assert.False(place.Mask.MayEnd);
        // Bytes that no text has are in no mask, so that nothing else spells a mark.
        Assert.False(new TokenConstraint(grammar, trie).Mask.Allows(0xFF));
        Assert.False(new TokenConstraint(new RegexSource("[^x]*").Compile(), trie).Mask.Allows(RecitingNetwork.ImStart));
    }

    [Theory]
    [InlineData("{\"type\":\"object\",\"properties\":{\"a b\":{}}}", "pythonic", "a b")]
    [InlineData("{\"type\":\"object\",\"properties\":{\"a b\":{}}}", "qwen3_coder", "a b")]
    [InlineData("{\"enum\":[{}]}", "hermes", "enum")]
    [InlineData("{\"properties\":{\"a\":{\"$ref\":\"#/b\"}}}", "cohere", "'f'")]
    public void What_cannot_be_kept_to_is_said_with_the_tool(string parameters, string format, string said)
    {
        var calls = ToolFormats.Named(format)!.Only([new("f", JsonNode.Parse(parameters)!.AsObject(), Strict: true)], onlyOne: true);
        Assert.Contains(said, Assert.Throws<GrammarException>(() => new CallsSource(calls).Compile()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_of_the_wanted_form_stands_beside_calls()
    {
        var calls = ToolFormats.Named("llama")!.Only([weather], onlyOne: true);
        var source = new CallsSource(calls, new SchemaSource("{}", JsonLayout.Compact));
        var grammar = source.Compile();
        Assert.True(grammar.Accepts("[1,true]"u8));
        Assert.True(grammar.Accepts("{\"name\": \"get_weather\", \"parameters\": {\"city\": \"a\"}}"u8));
        Assert.False(grammar.Accepts("a text"u8));
        Assert.NotEqual(source.Key, (source with { Text = null }).Key);
    }
}

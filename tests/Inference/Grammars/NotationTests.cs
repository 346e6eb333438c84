// Grammars in llama.cpp's and Lark's notations: what they accept, also with rules that begin with themselves, and errors that name a line.
using System.Text;
using Majlis.Inference.Grammars;
using Xunit;

namespace Majlis.tests.Inference.Grammars;

public sealed class NotationTests
{
    const string Gbnf = """
        # A list of moves.
        root ::= move ("," " "? move){0,3} "!"*
        move ::= (piece | pawn) [+#]?   # as in chess
        piece ::= [NBKQR] [a-h]
          [1-8]
        pawn ::= "\x65" . | "é\n"
        """;

    const string Arithmetic = """
        root ::= sum
        sum ::= sum [+-] product | product
        product ::= product "*" value | value
        value ::= [0-9]+ | "(" sum ")"
        """;

    const string Lark = """
        ?start: sum
        sum: product | sum ("+" | "-") product -> added
        product: value | product "*" value
        value: NUMBER | NAME [index] | "(" sum ")" | "MAX"i
        index.2: "[" INT ("," INT) ~ 0..2 "]"
        NAME: ("a".."f") /[a-z_]/*
        %import common.INT
        %import common (SIGNED_NUMBER -> NUMBER, WS)
        %ignore WS   // between terminals
        """;

    [Theory]
    [InlineData(Gbnf, "Nf3|e4|Nf3, Qh8#!!|é\n|e4,e5,e6,e7", "|N3|Nf9|e4,|e4,e5,e6,e7,e8|x")]
    [InlineData(Arithmetic, "1|1+2*3|(1-2)*3-4|((7))", "+1|1+|(1|1**2|")]
    [InlineData(Lark, "1|a + -2.5 * bz|( a [1, 2,3] )|mAx-MaX|  7", "1 +|a[|a[1,2,3,4]|z|1 2")]
    [InlineData("root ::= ws root \"x\" | \"y\"\nws ::= \" \"*", "y|yx| yxx|  yx", "x| x|yy")]
    [InlineData("root ::= a \"1\" | \"z\"\na ::= b \"2\" | root \"3\"\nb ::= a | \"q\"", "z|z31|q21|q221|z3221", "q1|z1|q3")]
    [InlineData("start: \"a\"* b?\nb: \"b\" b | \"c\"", "|a|ac|bbc|aabc", "b|ca|ab")]
    public void A_grammar_accepts_its_texts(string grammar, string accepted, string refused)
    {
        var compiled = new RulesSource(grammar).Compile();
        Assert.All(accepted.Split('|'), text => Assert.True(compiled.Accepts(Encoding.UTF8.GetBytes(text)), text));
        Assert.All(refused.Split('|'), text => Assert.False(compiled.Accepts(Encoding.UTF8.GetBytes(text)), text));
    }

    [Theory]
    [InlineData("root ::= \"a\" b", "no rule 'b'")]
    [InlineData("top ::= \"a\"", "no rule 'root'")]
    [InlineData("root ::= \"a\"\nroot ::= \"b\"", "twice")]
    [InlineData("root ::= \"a\"\nb ::= (\"c\"", "Line 2")]
    [InlineData("root ::= \"a", "string without its end")]
    [InlineData("root ::= [a-z", "']'")]
    [InlineData("root ::= root \"a\"", "without end")]
    [InlineData("start: pair{x}\npair: \"a\"", "templates")]
    [InlineData("start: /a/i", "flag")]
    [InlineData("%import python.NAME\nstart: NAME", "common")]
    [InlineData("%declare X\nstart: X", "%declare")]
    [InlineData("start: \"a\" ~ 3..2", "exchanged")]
    public void What_is_wrong_is_named(string grammar, string named) =>
        Assert.Contains(named, Assert.Throws<GrammarException>(() => new RulesSource(grammar).Compile()).Message, StringComparison.Ordinal);

    [Fact]
    public void A_grammar_nested_too_deeply_is_an_error_and_no_crash()
    {
        var chain = string.Concat(Enumerable.Range(0, 30_000).Select(i => $"r{i} ::= r{i + 1} | \"{i}\"\n"));
        Exception? thrown = Record.Exception(() =>
        {
            var grammar = new RulesSource("root ::= r0\n" + chain + "r30000 ::= \"end\"").Compile();
            Assert.True(grammar.Accepts("7"u8));
        });
        Assert.True(thrown is null or GrammarException or InsufficientExecutionStackException, $"{thrown}");
    }
}

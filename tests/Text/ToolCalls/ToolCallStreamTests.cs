// Calls leave the text in every format, in whatever pieces it comes; what looks like a call and is none stays, and nothing else waits.
using System.Text.Json.Nodes;
using Majlis.Text.Chat.ToolCalls;
using Xunit;

namespace Majlis.tests.Text.ToolCalls;

public sealed class ToolCallStreamTests
{
    const string F = "<tool_call>{\"name\":\"f\",\"arguments\":{}}";

    static readonly (string Format, string Written, string Text, string Calls)[] cases =
    [
        ("hermes", "", "", ""),
        ("hermes", "plain < text", "plain < text", ""),
        ("hermes", " \n", " \n", ""),
        ("hermes", "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": 1}}\n</tool_call>", "", "f {\"a\": 1}"),
        ("hermes", "Let me see 🌈.\n\n<tool_call>{\"arguments\": {\"a\": \"x}\"}, \"name\": \"f\"}</tool_call>\n"
            + "<tool_call>{\"name\": \"g\"}</tool_call>\n", "Let me see 🌈.", "f {\"a\": \"x}\"}|g {}"),
        ("hermes", "<tool_call>[{\"name\":\"f\",\"arguments\":{}},{\"name\":\"g\",\"arguments\":{}}]</tool_call>", "", "f {}|g {}"),
        ("hermes", "<tool_call>{\"name\":\"f\",\"arguments\":{}}\n{\"name\":\"g\",\"arguments\":{}}</tool_call>", "", "f {}|g {}"),
        ("hermes", "<tool_call>{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}</tool_call>", "", "f {\"a\":1}"),
        ("hermes", "<tool_call>{\"name\":\"f\",\"arguments\":null}</tool_call>", "", "f {}"),
        ("hermes", "<tool_call>{\"id\": 7, \"type\":\"x\", \"name\":\"\\u0066\", \"arguments\":{\"a\":[1,{\"b\":\"]\\\"\"}]}}</tool_call>",
            "", "f {\"a\":[1,{\"b\":\"]\\\"\"}]}"),
        ("hermes", "<tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call> Done.", " Done.", "f {}"),
        ("hermes", "<tool_call>{\"name\":\"f\",\"arguments\":{}}", "", "f {}"),
        ("hermes", "<tool_call> no <tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call>", "<tool_call> no", "f {}"),
        // What is no call of an offered tool is text.
        ("hermes", "<tool_call>{\"name\":\"h\",\"arguments\":{}}</tool_call>",
            "<tool_call>{\"name\":\"h\",\"arguments\":{}}</tool_call>", ""),
        ("hermes", "<tool_call>{\"name\":\"f\",\"colour\":1}</tool_call>", "<tool_call>{\"name\":\"f\",\"colour\":1}</tool_call>", ""),
        ("hermes", "<tool_call>{\"name\":\"f\",\"arguments\":[1]}</tool_call>",
            "<tool_call>{\"name\":\"f\",\"arguments\":[1]}</tool_call>", ""),
        ("hermes", "<tool_call>{\"name\":\"f\",\"arguments\":\"x\"}</tool_call>",
            "<tool_call>{\"name\":\"f\",\"arguments\":\"x\"}</tool_call>", ""),
        ("hermes", "<tool_call>{\"arguments\":{}}</tool_call>", "<tool_call>{\"arguments\":{}}</tool_call>", ""),
        ("hermes", "<tool_call>f</tool_call>", "<tool_call>f</tool_call>", ""),
        // The end cuts off a mark, a call before anything of it is certain, and one that had begun.
        ("hermes", "see <tool", "see <tool", ""),
        ("hermes", "see <tool_call>{\"name\":\"f\",\"arg", "see <tool_call>{\"name\":\"f\",\"arg", ""),
        ("hermes", "<tool_call>{\"name\":\"f\",\"arguments\":{\"a\": \"b", "", "f {\"a\": \"b…"),
        ("hermes", "<tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call><tool_call>{\"name\":\"g\",\"arguments\":{", "", "f {}|g {…"),
        ("hermes", F + "</tool_call>\n<tool_call>{\"name\":\"g", "", "f {}…"),
        ("hermes", F + "\n</tool", "", "f {}"),
        // A closing mark or bracket is missing: what follows is searched for calls again, and nothing of the call is text.
        ("hermes", F + "\n<tool_call>{\"name\":\"g\",\"arguments\":{}}</tool_call>", "", "f {}|g {}"),
        ("hermes", F + "\n<b>Done.</b>", "<b>Done.</b>", "f {}"),
        ("hermes", "<tool_call>{\"name\":\"f\",\"arguments\":null]", "]", "f {}"),

        ("cohere", "I think.<|START_ACTION|>[\n    {\"tool_call_id\": \"0\", \"tool_name\": \"f\", \"parameters\": {\"a\": 1}},\n"
            + "    {\"tool_call_id\": \"1\", \"tool_name\": \"g\", \"parameters\": {}}\n]<|END_ACTION|>", "I think.", "f {\"a\": 1}|g {}"),
        ("cohere", "<|START_ACTION|>[]<|END_ACTION|>", "", ""),
        ("cohere", "<|START_ACTION|>[{\"tool_name\": \"h\", \"parameters\": {}}]<|END_ACTION|>",
            "[{\"tool_name\": \"h\", \"parameters\": {}}]", ""),
        ("cohere", "a<|END_ACTION|>b", "ab", ""),

        ("mistral", "[TOOL_CALLS] [{\"name\": \"f\", \"arguments\": {\"a\": 1}, \"id\": \"abcdefghi\"}]", "", "f {\"a\": 1}"),
        ("mistral", "[TOOL_CALLS][{\"name\": \"f\", \"arguments\": {}}, {\"name\": \"g\", \"arguments\": {}}]", "", "f {}|g {}"),
        ("mistral", "So.[TOOL_CALLS]f[ARGS]{\"a\": 1}[TOOL_CALLS]g[ARGS]{}", "So.", "f {\"a\": 1}|g {}"),
        ("mistral", "[TOOL_CALLS]f[CALL_ID]abc123xyz[ARGS]{\"a\": \"}\"}", "", "f {\"a\": \"}\"}"),
        ("mistral", "[TOOL_CALLS]f{\"a\": 1}", "", "f {\"a\": 1}"),
        ("mistral", "[TOOL_CALLS]nobody[ARGS]{}", "nobody{}", ""),
        ("mistral", "[TOOL_CALLS][{\"name\": \"f\", \"arguments\": {}}, {\"name\": \"g", "", "f {}…"),
        ("mistral", "[TOOL_CALLS][{\"name\": \"f\", \"arguments\": {}}", "", "f {}"),
        ("mistral", "[TOOL_CALLS][{\"name\": \"f\", \"arguments\": {}}, {\"name\": \"h\"}]", "{\"name\": \"h\"}]", "f {}"),
        ("mistral", "[TOOL_CALLS]f[ARGS]{}[TOOL_CALLS]g[AR", "", "f {}…"),
        ("mistral", "[TOOL] and [1]", "[TOOL] and [1]", ""),

        ("llama", "{\"name\": \"f\", \"parameters\": {\"a\": 1}}", "", "f {\"a\": 1}"),
        ("llama", "\n<|python_tag|>{\"name\": \"f\", \"parameters\": {}}; {\"name\": \"g\", \"parameters\": {}}", "", "f {}|g {}"),
        ("llama", "{\"type\": \"function\", \"name\": \"f\", \"parameters\": {}}", "", "f {}"),
        ("llama", "{\"title\": \"f\"}", "{\"title\": \"f\"}", ""),
        ("llama", "{\"name\": \"f\"}", "{\"name\": \"f\"}", ""),
        ("llama", "{\"name\": \"Fatima\", \"parameters\": {}}", "{\"name\": \"Fatima\", \"parameters\": {}}", ""),
        ("llama", "Say {\"name\": \"f\", \"parameters\": {}}", "Say {\"name\": \"f\", \"parameters\": {}}", ""),
        ("llama", "<|python_tag|>print(1)", "print(1)", ""),

        ("pythonic", "[f(a=1, b='x y', c=[True, None, {\"k\": -2.5e3}]), g()]", "",
            "f {\"a\":1,\"b\":\"x y\",\"c\":[true,null,{\"k\":-2.5e3}]}|g {}"),
        ("pythonic", "<|python_start|>[f(a=\")]\\n\\u0641\")]<|python_end|>", "", "f {\"a\":\")]\\nف\"}"),
        ("pythonic", "[f(a=(1, 1_000, .5), b=\"it's\",)]", "", "f {\"a\":[1,1000,0.5],\"b\":\"it's\"}"),
        ("pythonic", "[f](http://x) and [1, 2]", "[f](http://x) and [1, 2]", ""),
        ("pythonic", "[f(1)]", "[f(1)]", ""),
        ("pythonic", "[f(a=b)]", "[f(a=b)]", ""),
        ("pythonic", "[f(a=1), h(b=2)]", ", h(b=2)]", "f {\"a\":1}"),
        ("pythonic", "[f(a=1", "[f(a=1", ""),

        ("gemma", "```tool_code\nf(a=1)\ng()\n```", "", "f {\"a\":1}|g {}"),
        ("gemma", "I look.\n```json\n{\"name\": \"f\", \"parameters\": {}}\n```", "I look.", "f {}"),
        ("gemma", "{\"name\": \"f\", \"parameters\": {}}", "", "f {}"),
        ("gemma", "[f(a=1)]", "", "f {\"a\":1}"),
        ("gemma", "```json\n{\"x\": 1}\n```", "```json\n{\"x\": 1}\n```", ""),
        ("gemma", "```python\nf(a=1)\n```", "```python\nf(a=1)\n```", ""),
    ];

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, cases.Length)];

    [Theory, MemberData(nameof(Cases))]
    public void An_answer_is_text_and_calls_however_it_is_cut(int index)
    {
        var (format, written, text, calls) = cases[index];
        Assert.Equal((text, calls), ReadCalls.Of(format, [written]));
        foreach (var pieces in ReadCalls.Cuts(written)) Assert.Equal((text, calls), ReadCalls.Of(format, pieces));
    }

    [Fact]
    public void Arguments_come_as_they_are_written_once_the_name_is_known()
    {
        var stream = ReadCalls.Stream("hermes", ReadCalls.Tools);
        Assert.Equal("Yes", stream.Push("Yes <tool_call>{\"name\": \"f\", \"argu"));
        Assert.Empty(stream.Pieces());
        stream.Push("ments\": {\"a\": \"one ");
        Assert.Equal([new CallPiece(0, "f", ""), new CallPiece(0, null, "{\"a\": \"one ")], stream.Pieces());
        Assert.False(stream.Calls);
        stream.Push("two\"}");
        Assert.Equal([new CallPiece(0, null, "two\"}")], stream.Pieces());
        Assert.True(stream.Calls);
        Assert.Equal("", stream.Push("}\n</tool_call>\n") + stream.Flush());
    }

    [Fact]
    public void Only_what_may_become_a_call_waits()
    {
        var stream = ReadCalls.Stream("hermes", ReadCalls.Tools);
        Assert.Equal("a", stream.Push("a "));
        Assert.Equal(" b", stream.Push("b <tool_"));
        Assert.Equal(" <tool_x", stream.Push("x"));
        // A name that no tool has ends the waiting at once.
        Assert.Equal("<tool_call>{\"name\": \"hello", stream.Push("<tool_call>{\"name\": \"hello"));
    }

    [Fact]
    public void Where_only_the_first_call_is_wanted_nothing_after_it_is_read()
    {
        var stream = ReadCalls.Stream("cohere", ReadCalls.Tools, onlyFirst: true);
        Assert.Equal("", stream.Push("<|START_ACTION|>[{\"tool_name\": \"f\", \"parameters\": {}}, {\"tool_name\": \"g\", \"par"));
        Assert.True(stream.IsOver);
        Assert.Equal([new CallPiece(0, "f", ""), new CallPiece(0, null, "{}")], stream.Pieces());
        Assert.Equal("", stream.Push("more") + stream.Flush());
    }

    [Fact]
    public void Endless_white_space_is_given_out_in_parts()
    {
        var stream = ReadCalls.Stream("hermes", ReadCalls.Tools);
        var most = new string('\n', 1024);
        Assert.Equal("", stream.Push(most));
        Assert.Equal(most + "\n", stream.Push("\n"));
        var given = stream.Push(string.Concat(Enumerable.Repeat(most, 1024)));
        Assert.Equal(1024 * 1024, given.Length + stream.Flush().Length);
    }

    [Fact]
    public void What_is_longer_than_any_name_is_no_name()
    {
        var stream = ReadCalls.Stream("hermes", ReadCalls.Tools);
        Assert.Equal("", stream.Push("<tool_call>{\"name\": \"\\u0066"));
        Assert.NotEqual("", stream.Push(new string('x', 6 * 64)));
    }

    [Theory]
    [InlineData(62, true)]
    [InlineData(63, false)]
    [InlineData(64, false)]
    [InlineData(5000, false)]
    public void Deeper_arguments_than_json_is_read_are_no_call(int lists, bool isCall)
    {
        var nested = new string('[', lists) + new string(']', lists);
        var written = $"[f(a={nested})]";
        Assert.Equal(isCall ? ("", $"f {{\"a\":{nested}}}") : (written, ""), ReadCalls.Of("pythonic", [written]));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("{\"name\": \"f\", \"argu", "")]
    [InlineData("{\"name\": \"f\", \"arguments\": {}}", "f{}")]
    public void A_call_that_must_be_made_leaves_no_text_where_it_is_cut(string written, string call)
    {
        var forced = ToolFormats.Named("hermes")!.Force([Tool], onlyOne: true);
        var stream = new ToolCallStream(new(ToolFormats.Named("hermes")!, [Tool], OnlyFirst: false) { Forced = forced }, []);
        Assert.Equal("", stream.Push(written) + stream.Flush());
        Assert.Equal(call, string.Concat(stream.Pieces().Select(piece => piece.Name + piece.Arguments)));
        Assert.Equal((call.Length > 0, call.Length == 0), (stream.Calls, stream.IsCut));
    }

    static CallTool Tool => new("f", []);
}

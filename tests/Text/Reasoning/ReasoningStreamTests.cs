// Thinking leaves the text in every format, in whatever pieces it comes; what is no thinking stays as it is, and nothing else waits.
using System.Text;
using Majlis.Text.Chat.Reasoning;
using Xunit;

namespace Majlis.tests.Text.Reasoning;

public sealed class ReasoningStreamTests
{
    static readonly (string Written, bool IsOpen, string Thought, string Answer)[] cases =
    [
        ("", false, "", ""),
        ("Four.", false, "", "Four."),
        (" \n Four. \n", false, "", " \n Four. \n"),
        (" \n", false, "", " \n"),
        ("<think>\nI count 🌈.\n</think>\n\nFour.\n", false, "I count 🌈.", "Four.\n"),
        ("\n<think>I count.</think>Four.", false, "I count.", "Four."),
        ("<think>\n\n</think>\n\nFour.", false, "", "Four."),
        ("<think>a < b </thin > c\n\n d</think>e", false, "a < b </thin > c\n\n d", "e"),
        // Thinking comes first or not at all.
        ("The tag <think> opens.</think> So.", false, "", "The tag <think> opens.</think> So."),
        ("<thinking>no</thinking>", false, "", "<thinking>no</thinking>"),
        ("<think>one</think>two <think>three</think>", false, "one", "two <think>three</think>"),
        // The prompt has opened it.
        ("I count.\n</think>\n\nFour.", true, "I count.", "Four."),
        ("</think>\n\nFour.", true, "", "Four."),
        ("<think>\nI count.</think>Four.", true, "I count.", "Four."),
        ("\n<think> <think>I count.</think>Four.", true, "I count.", "Four."),
        // The end cuts it off.
        ("<think>\nI count", false, "I count", ""),
        ("I count \n", true, "I count", ""),
        ("I count.\n</thi", true, "I count.", ""),
        ("I count.\n</think>", true, "I count.", ""),
        ("I count.\n</think> \n", true, "I count.", ""),
        ("<thi", false, "", "<thi"),
    ];

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, cases.Length)];

    static ReasoningStream Stream(bool isOpen, bool isExact = false, params string[] calls) =>
        new(new(ReasoningFormats.Think, isOpen), isExact, [.. calls]);

    static (string Thought, string Answer) Read(ReasoningStream stream, IEnumerable<string> pieces)
    {
        var (thought, answer) = (new StringBuilder(), new StringBuilder());
        foreach (var piece in pieces)
        {
            answer.Append(stream.Push(piece));
            thought.Append(stream.Thought());
        }
        answer.Append(stream.Flush());
        return (thought.Append(stream.Thought()).ToString(), answer.ToString());
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_text_is_parted_whole_and_cut_anywhere(int index)
    {
        var (written, isOpen, thought, answer) = cases[index];
        Assert.Equal((thought, answer), Read(Stream(isOpen), [written]));
        Assert.Equal((thought, answer), Read(Stream(isOpen), written.Select(unit => unit.ToString())));
        for (var cut = 0; cut <= written.Length; cut++)
            Assert.Equal((thought, answer), Read(Stream(isOpen), [written[..cut], written[cut..]]));
    }

    [Theory, MemberData(nameof(Cases))]
    public void The_cut_is_where_the_answer_begins(int index)
    {
        var (written, isOpen, _, answer) = cases[index];
        var stream = Stream(isOpen);
        Read(stream, written.Select(unit => unit.ToString()));
        if (stream.Cut is { } cut) Assert.Equal(answer, written[(int)cut..]);
        else Assert.Empty(answer);
    }

    [Fact]
    public void Only_what_may_be_a_mark_waits()
    {
        var stream = Stream(isOpen: true);
        Assert.Equal("", stream.Push("I count <"));
        Assert.Equal("I count", stream.Thought());
        stream.Push("b");
        Assert.Equal(" <b", stream.Thought());
        Assert.Equal(ReasoningPhase.Thinking, stream.Phase);
        Assert.Equal("Four", stream.Push(" </think>\nFour"));
        Assert.Equal(("", ReasoningPhase.After), (stream.Thought(), stream.Phase));
        Assert.Equal(". <", stream.Push(". <"));
    }

    [Fact]
    public void A_call_ends_the_thinking_and_belongs_to_the_answer() =>
        Assert.Equal(("I look.", "[CALL]{}"), Read(Stream(isOpen: true, isExact: false, "[CALL]"), ["I look.\n", "[CA", "LL]{}"]));

    [Fact]
    public void The_mark_of_an_answer_ends_the_thinking_too() => Assert.Equal(("I look.", "Yes."),
        Read(new(new(ReasoningFormats.Cohere, IsOpen: false), isExact: false, []), ["<|START_THINKING|>I look.<|START_RESPONSE|>Yes."]));

    [Fact]
    public void An_exact_answer_begins_with_the_token_after_the_mark()
    {
        Assert.Equal(("hm", "\n\n{}"), Read(Stream(isOpen: true, isExact: true), ["hm", "</think", ">x", "\n\n", "{}"]));
        Assert.Equal(("", "\n{}"), Read(Stream(isOpen: false, isExact: true), ["\n", "{}"]));
    }
}

// Families with marks of their own: thinking, answer and calls are told apart in whatever pieces the text comes, and templates show which
// family they are of.
using System.Text;
using Majlis.tests.Support;
using Majlis.Text.Chat.Reasoning;
using Xunit;

namespace Majlis.tests.Text.Reasoning;

public sealed class ReasoningFamilyTests
{
    const string Final = "<|start|>assistant<|channel|>final<|message|>";

    static readonly Dictionary<string, ReasoningFormat> formats = new()
    {
        ["harmony"] = ReasoningFormats.Harmony,
        ["gemma"] = ReasoningFormats.Gemma,
        ["seed"] = ReasoningFormats.Seed,
        ["granite"] = ReasoningFormats.Granite,
        ["words"] = ReasoningFormats.GraniteWords,
    };

    [Theory]
    [InlineData("harmony", "<|channel|>analysis<|message|>I count.<|end|>" + Final + "Four.", "I count.", "Four.")]
    [InlineData("harmony", "<|channel|>final<|message|>Four.", "", "Four.")]
    [InlineData("harmony", Final + "Four.", "", "Four.")]
    [InlineData("harmony", "<|channel|>commentary<|message|>I look.", "", "I look.")]
    [InlineData("harmony", "Four.", "", "Four.")]
    [InlineData("harmony", "<|channel|>analysis<|message|>I <|end|> count", "I <|end|> count", "")]
    [InlineData("gemma", "<|channel>thought\nI count.\n<channel|>Four.", "I count.", "Four.")]
    [InlineData("gemma", "Four.", "", "Four.")]
    [InlineData("seed", "<seed:think>I count.</seed:think>\nFour.", "I count.", "Four.")]
    [InlineData("granite", "<think>I count.</think>\n<response>Four.</response>", "I count.", "Four.")]
    [InlineData("granite", "<response>Four, </res or so.</response>\n", "", "Four, </res or so.")]
    [InlineData("granite", "<think>I count.</think>Four.</respon", "I count.", "Four.</respon")]
    [InlineData("words", "Here is my thought process:\n\nI count.\n\nHere is my response:\n\nFour.", "I count.", "Four.")]
    public void A_text_is_parted_whole_and_cut_anywhere(string family, string written, string thought, string answer)
    {
        Assert.Equal((thought, answer), Read(family, [written]));
        Assert.Equal((thought, answer), Read(family, written.Select(unit => unit.ToString())));
        for (var cut = 0; cut <= written.Length; cut++) Assert.Equal((thought, answer), Read(family, [written[..cut], written[cut..]]));
    }

    [Fact]
    public void A_call_ends_the_thinking_with_what_ends_its_message()
    {
        const string call = "<|end|><|start|>assistant<|channel|>commentary to=functions.";
        var written = "<|channel|>analysis<|message|>I look." + call + "f json";
        Assert.Equal(("I look.", call + "f json"), Read("harmony", written.Select(unit => unit.ToString()), call));
    }

    [Theory]
    [InlineData("harmony", "<|end|>", true)]
    [InlineData("harmony", "<|return|>", false)]
    [InlineData("gemma", "<channel|>", true)]
    public void Special_tokens_that_marks_hold_are_awaited(string family, string token, bool awaited) =>
        Assert.Equal(awaited, new ReasoningStream(new(formats[family], IsOpen: true), isExact: false, []).Awaits(token));

    [Theory]
    [InlineData("jinja-ikllama/openai-gpt-oss-120b", "harmony")]
    [InlineData("jinja-ikllama/google-gemma-4-31B-it", "gemma")]
    [InlineData("jinja-ikllama/ByteDance-Seed-OSS", "seed")]
    [InlineData("jinja-ikllama/ibm-granite-granite-3.3-2B-Instruct", "granite")]
    [InlineData("library/granite3.2:8b", "words")]
    public void A_template_shows_its_family(string name, string family)
    {
        var entries = GoldenTemplates.Entries(Shared.Require(Shared.Data("data", "chat-templates", "chat_templates.json")));
        Assert.Same(formats[family], GoldenTemplates.Parse(entries[name]).Reasoning.Format);
    }

    static (string Thought, string Answer) Read(string family, IEnumerable<string> pieces, params string[] calls)
    {
        var stream = new ReasoningStream(new(formats[family], IsOpen: false), isExact: false, [.. calls]);
        var (thought, answer) = (new StringBuilder(), new StringBuilder());
        foreach (var piece in pieces)
        {
            answer.Append(stream.Push(piece));
            thought.Append(stream.Thought());
        }
        answer.Append(stream.Flush());
        return (thought.Append(stream.Thought()).ToString(), answer.ToString());
    }
}

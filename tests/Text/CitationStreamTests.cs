// Marks of citations leave the text and become what they say, in whatever pieces it comes; what is no mark stays, and nothing waits longer
// than a mark lasts.
using System.Text;
using Majlis.Text.Citations;
using Xunit;

namespace Majlis.tests.Text;

public sealed class CitationStreamTests
{
    static readonly (string Written, string Text, string Citations)[] cases =
    [
        ("", "", ""),
        ("plain < text > here", "plain < text > here", ""),
        ("It is in <co>Moluto</co: 0:[1]>.", "It is in Moluto.", "9-15 Moluto 0.1"),
        ("<co>مولوتو</co: 0:[0,2]> نعم", "مولوتو نعم", "0-6 مولوتو 0.0 0.2"),
        // Code points, not UTF-16 units.
        ("🌈 <co>a🌈b</co: 0:[1]>🌈", "🌈 a🌈b🌈", "2-5 a🌈b 0.1"),
        ("<co>two calls</co: 0:[1,2],1:[0]>", "two calls", "0-9 two calls 0.1 0.2 1.0"),
        ("foo <co>bar</co: 0:[1, 2], 1:[3, 4]>", "foo bar", "4-7 bar 0.1 0.2 1.3 1.4"),
        ("<co>once</co: 0:[1,1],0:[1]>", "once", "0-4 once 0.1"),
        ("<co>a</co: 0:[0]><co>b</co: 0:[1]>c", "abc", "0-1 a 0.0;1-2 b 0.1"),
        // Command R's older marks list documents on both sides.
        ("hello <co: 2,1>foo</co: 2,1>", "hello foo", "6-9 foo 0.2 0.1"),
        ("hello <co: >foo</co: >", "hello foo", ""),
        // White space inside a mark is not cited, and none begins an answer.
        ("It is in<co> Moluto </co: 0:[1]>.", "It is in Moluto .", "9-15 Moluto 0.1"),
        ("<co> \tمولوتو</co: 0:[0]> <co> b</co: 0:[1]>", "مولوتو  b", "0-6 مولوتو 0.0;8-9 b 0.1"),
        ("<co> </co: 0:[0]>a", "a", ""),
        // Spans within spans: each closing mark closes the innermost.
        ("foo <co>bar <co>baz</co: 1:[1]> boo</co: 0:[1]>", "foo bar baz boo", "8-11 baz 1.1;4-15 bar baz boo 0.1"),
        ("<co>never closed <co>b</co: 0:[0]> on", "never closed b on", "13-14 b 0.0"),
        // A mark without the other cites nothing.
        ("a</co: 0:[1]>b", "ab", ""),
        ("a<co>b", "ab", ""),
        ("<co>a</co>b", "ab", ""),
        ("<co></co: 0:[1]>x", "x", ""),
        // A list that cannot be read cites nothing.
        ("<co>a</co: 0:[1>b", "ab", ""),
        ("<co>a</co: ]]>b", "ab", ""),
        ("<co>a</co: 99999999999:[0],0:[99999999999,3]>b", "ab", "0-1 a 0.3"),
        // What looks like a mark and is none.
        ("<completion_A> is <code>nice</code> and <color: 5>", "<completion_A> is <code>nice</code> and <color: 5>", ""),
        ("<<co>a</co: 0:[1]>>", "<a>", "1-2 a 0.1"),
        ("<c<co>a</</co: 0:[1]>", "<ca</", "2-5 a</ 0.1"),
        ("<co>a</co: 0:[x]>b</co: 0:[0]>", "a</co: 0:[x]>b", "0-14 a</co: 0:[x]>b 0.0"),
        ("<CO>a</CO: 0:[1]>", "<CO>a</CO: 0:[1]>", ""),
        ("<co\n>a</ co: 0:[1]>", "<co\n>a</ co: 0:[1]>", ""),
        ("</co: 0:[1", "</co: 0:[1", ""),
        // The end cuts a mark off.
        ("hello <", "hello <", ""),
        ("hello <co", "hello <co", ""),
        ("<co>hello <", "hello <", ""),
        ("<co>hello</", "hello", ""),
        ("<co>hello</co: 0:[1", "hello", ""),
        ("<co>a</co: 0:[0]>b</co: 0", "ab</co: 0", "0-1 a 0.0"),
    ];

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, cases.Length)];

    [Theory, MemberData(nameof(Cases))]
    public void A_text_loses_its_marks_and_keeps_what_they_say(int index)
    {
        var (written, text, citations) = cases[index];
        Assert.Equal((text, citations), Read([written]));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Every_cut_of_its_bytes_gives_the_same(int index)
    {
        var (written, text, citations) = cases[index];
        var bytes = Encoding.UTF8.GetBytes(written);
        for (var first = 0; first <= bytes.Length; first++)
            for (var second = first; second <= bytes.Length; second++)
                Assert.Equal((text, citations), Read(Pieces(bytes, first, second)));
        Assert.Equal((text, citations), Read(Pieces(bytes, [.. Enumerable.Range(0, bytes.Length)])));
    }

    [Fact]
    public void Random_rows_of_marks_and_their_parts_give_the_same_in_all_pieces()
    {
        var random = new Random(5);
        string[] parts =
        [
            "<co>", "</co: 0:[1]>", "</co: 0:[1,2],1:[0]>", "<", "co", ">", "</co", ": ", "0", ":[", "]", "🌈", "نص", " a", "<co: 1>",
        ];
        for (var round = 0; round < 3000; round++)
        {
            var written = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => parts[random.Next(parts.Length)]));
            var bytes = Encoding.UTF8.GetBytes(written);
            var cuts = Enumerable.Range(0, bytes.Length).Where(_ => random.Next(3) == 0);
            var whole = Read([written]);
            Assert.Equal(whole, Read(Pieces(bytes, [.. cuts])));
            Assert.Equal(whole, Read(Pieces(bytes, [.. Enumerable.Range(0, bytes.Length)])));
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Only_what_may_be_a_mark_is_held_back(int index)
    {
        var (written, text, _) = cases[index];
        var stream = new CitationStream();
        var (given, read) = ("", 0);
        foreach (var unit in written)
        {
            given += stream.Push(unit.ToString());
            read++;
            Assert.StartsWith(given, text, StringComparison.Ordinal);
            Assert.Equal(given.Length, stream.TextLength(stream.Decided));
            var held = written[(int)stream.Decided..read];
            Assert.Matches(@"^(<(/?(c(o(: ?[0-9,:\[\] ]*)?)?)?)?)?$", held);
        }
    }

    [Fact]
    public void A_list_that_never_ends_is_let_go()
    {
        var written = "<co: " + new string('1', 5000);
        var stream = new CitationStream();
        Assert.InRange(stream.Push(written).Length, written.Length - 1024, written.Length);
        Assert.Equal(written.Length, stream.Decided);
    }

    [Fact]
    public void How_much_text_each_part_of_the_marked_text_gave_is_known()
    {
        const string written = "a<co>bc</co: 0:[1]>d";
        var stream = new CitationStream();
        stream.Push(written);
        int[] expected = [0, 1, 1, 1, 1, 1, 2, 3, .. Enumerable.Repeat(3, 12), 4];
        Assert.Equal(expected, Enumerable.Range(0, written.Length + 1).Select(units => (int)stream.TextLength(units)));
    }

    static (string Text, string Citations) Read(IEnumerable<string> pieces)
    {
        var stream = new CitationStream();
        var text = string.Concat(pieces.Select(stream.Push)) + stream.Flush();
        foreach (var citation in stream.Citations) Assert.Equal(citation.Text, Slice(text, citation.Start, citation.End));
        return (text, string.Join(';', stream.Citations.Select(citation => $"{citation.Start}-{citation.End} {citation.Text} "
            + string.Join(' ', citation.Passages.Select(passage => $"{passage.Call}.{passage.Passage}")))));
    }

    static string Slice(string text, int start, int end) => string.Concat(text.EnumerateRunes().Skip(start).Take(end - start));

    /// <summary>The text in pieces that end where the bytes are cut, or before a character that the cut divides.</summary>
    static List<string> Pieces(byte[] bytes, params int[] cuts)
    {
        var decoder = Encoding.UTF8.GetDecoder();
        var (pieces, from) = (new List<string>(), 0);
        foreach (var to in (IEnumerable<int>)[.. cuts, bytes.Length])
        {
            var characters = new char[to - from + 1];
            pieces.Add(new(characters, 0, decoder.GetChars(bytes.AsSpan(from, to - from), characters, flush: false)));
            from = to;
        }
        return pieces;
    }
}

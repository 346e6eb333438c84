// How characters are spelled as bytes: plainly in UTF-8, or inside a JSON string. A pattern is compiled with one or the other. Knows no
// pattern.
using System.Text;
using Majlis.Inference.Grammars.Json;

namespace Majlis.Inference.Grammars.Characters;

sealed class Spelling
{
    // The last character of one, two, three and four bytes in UTF-8.
    static readonly int[] lastOfLength = [0x7F, 0x7FF, 0xFFFF, 0x10FFFF];

    static readonly Dictionary<int, string> shortEscapes = new()
    {
        ['"'] = "\\\"",
        ['\\'] = @"\\",
        ['\b'] = @"\b",
        ['\f'] = @"\f",
        ['\n'] = @"\n",
        ['\r'] = @"\r",
        ['\t'] = @"\t",
    };

    static readonly CharacterSet escaped = CharacterSet.Of((0, 0x1F), ('"', '"'), ('\\', '\\'));

    readonly NodeTable table;
    readonly bool inJson;
    readonly DigitRange utf8, hex;

    Spelling(NodeTable table, bool inJson)
    {
        (this.table, this.inJson) = (table, inJson);
        utf8 = new(table, 0x80, 0xBF, (first, last) => table.Bytes(ByteSet.Range(first, last)));
        hex = new(table, 0, 15, HexDigit);
        Any = Of(CharacterSet.All);
    }

    public static Spelling Plain(NodeTable table) => new(table, inJson: false);

    /// <summary>
    /// In a JSON string: quote, backslash and control characters by their escapes, all others as themselves. JSON has more spellings of the
    /// same character (\u0041); one is enough to say everything, and states stay few.
    /// </summary>
    public static Spelling InJson(NodeTable table) => new(table, inJson: true);

    public NodeTable Table => table;

    /// <summary>A text in its shortest spelling.</summary>
    public byte[] Bytes(string text) => Encoding.UTF8.GetBytes(inJson ? JsonQuote.Content(text) : text);

    /// <summary>Any one character.</summary>
    public Node Any { get; }

    /// <summary>One character of a set.</summary>
    public Node Of(CharacterSet set) => inJson
        ? table.Alternation([Plainly(set.And(escaped.Not())), .. set.And(escaped).Ranges.SelectMany(Escapes)])
        : Plainly(set);

    /// <summary>Any one character in a JSON string in any of its spellings; pairs of surrogates stay pairs.</summary>
    public Node AnyInJson() => table.Alternation(Any, table.Literal("\\/"u8), Escape(0, 0xD7FF), Escape(0xE000, 0xFFFF),
        table.Sequence(Escape(0xD800, 0xDBFF), Escape(0xDC00, 0xDFFF)));

    IEnumerable<Node> Escapes((int First, int Last) range)
    {
        for (var character = range.First; character <= range.Last; character++)
        {
            if (shortEscapes.TryGetValue(character, out var escape)) yield return table.Literal(Encoding.ASCII.GetBytes(escape));
            if (character <= 0x1F) yield return Escape(character, character);
        }
    }

    Node Plainly(CharacterSet set)
    {
        var parts = new List<Node>();
        foreach (var (first, last) in set.Ranges)
        {
            var low = first;
            for (var length = 1; length <= lastOfLength.Length && low <= last; length++)
            {
                var high = Math.Min(last, lastOfLength[length - 1]);
                if (low > high) continue;
                parts.Add(OfLength(length, low, high));
                low = high + 1;
            }
        }
        return table.Alternation(parts);
    }

    Node OfLength(int length, int first, int last) =>
        length == 1 ? table.Bytes(ByteSet.Range(first, last)) : utf8.Between(Bytes(first), Bytes(last));

    static int[] Bytes(int character) =>
        [.. Encoding.UTF8.GetBytes(char.ConvertFromUtf32(character)).Select(value => (int)value)];

    Node Escape(int first, int last) => table.Sequence(table.Literal("\\u"u8), hex.Between(Nibbles(first), Nibbles(last)));

    static int[] Nibbles(int unit) => [unit >> 12, unit >> 8 & 15, unit >> 4 & 15, unit & 15];

    Node HexDigit(int first, int last)
    {
        var set = default(ByteSet);
        for (var digit = first; digit <= last; digit++)
            set |= digit < 10 ? ByteSet.Of((byte)('0' + digit))
                : ByteSet.Of((byte)('a' + digit - 10)) | ByteSet.Of((byte)('A' + digit - 10));
        return table.Bytes(set);
    }
}

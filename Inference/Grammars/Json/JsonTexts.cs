// The parts of JSON (RFC 8259) as expressions: space, strings, numbers, literals, any value. Python writes the same values with other words
// for three of them, Gemma 4 texts and names without quotes, and values that are compared have one spelling. Knows no schema.
using System.Text;
using System.Text.Json;
using Majlis.Inference.Grammars.Characters;
using Majlis.Inference.Grammars.Patterns;
using Majlis.Text.Chat.ToolCalls;

namespace Majlis.Inference.Grammars.Json;

sealed class JsonTexts
{
    readonly Lazy<Node> anyValue, anyObject, anyArray;
    readonly Dictionary<string, string> words;
    readonly Node? noQuotes, mark;
    readonly JsonLayout layout;
    readonly bool inPython;

    public JsonTexts(NodeTable table, JsonLayout layout, JsonForm form = JsonForm.Free)
    {
        (Table, this.layout, Form, inPython) = (table, layout, form, layout.Language == ValueLanguage.Python);
        Spelling = layout.Language == ValueLanguage.Gemma ? Spelling.Plain(table) : Spelling.InJson(table);
        (var before, Space) = Spaces();
        Comma = table.Sequence(before, table.Byte((byte)','), Space);
        Colon = table.Sequence(before, table.Byte((byte)':'), Space);
        var digits = table.Repeat(table.Bytes(ByteSet.Range('0', '9')), 1, null);
        Magnitude = table.Alternation(table.Byte((byte)'0'),
            table.Sequence(table.Bytes(ByteSet.Range('1', '9')), table.Repeat(table.Bytes(ByteSet.Range('0', '9')), 0, null)));
        Sign = table.Optional(table.Byte((byte)'-'));
        Fraction = table.Sequence(table.Byte((byte)'.'), digits);
        Integer = table.Sequence(Sign, Magnitude);
        Number = table.Sequence(Integer, table.Optional(Fraction),
            table.Optional(table.Sequence(table.Bytes(Set('e') | Set('E')), table.Optional(table.Bytes(Set('+') | Set('-'))), digits)));
        if (form != JsonForm.Free) (Integer, Number) = Compared();
        words = inPython ? new() { ["true"] = "True", ["false"] = "False", ["null"] = "None" } : [];
        (True, False, Null) = (Word("true"), Word("false"), Word("null"));
        Boolean = table.Alternation(True, False);
        if (inPython) noQuotes = table.Repeat(table.Bytes(~(Set('"') | Set('\''))), 0, null);
        if (layout.Language == ValueLanguage.Gemma) mark = Mark(Encoding.ASCII.GetBytes(Gemma4Arguments.Quote));
        AnyCharacter = layout.Language != ValueLanguage.Json || form != JsonForm.Free ? Spelling.Any : Spelling.AnyInJson();
        AnyString = Quoted(table.Repeat(AnyCharacter, 0, null));
        anyValue = new(MakeValue);
        Names = mark is null ? table.Repeat(Spelling.Any, 0, null) : new PatternCompiler(Spelling).Whole("[^:{}\\[\\],<>\"\\s]+");
        AnyName = mark is null ? AnyString : Names;
        anyObject = new(() => Braces(List(table.Sequence(AnyName, Colon, AnyValue), 0, null)));
        anyArray = new(() => Brackets(List(AnyValue, 0, null)));
    }

    public NodeTable Table { get; }

    public JsonForm Form { get; }

    /// <summary>The same in another form; null where that is not JSON's.</summary>
    public JsonTexts? As(JsonForm form) => layout.Language == ValueLanguage.Json ? new(Table, layout, form) : null;

    public Spelling Spelling { get; }

    public Node Space { get; }
    public Node Comma { get; }
    public Node Colon { get; }
    public Node Sign { get; }

    /// <summary>Digits without a leading zero.</summary>
    public Node Magnitude { get; }

    public Node Fraction { get; }
    public Node Integer { get; }
    public Node Number { get; }
    public Node True { get; }
    public Node False { get; }
    public Node Boolean { get; }
    public Node Null { get; }

    /// <summary>One character of a string without conditions, in any of its spellings.</summary>
    public Node AnyCharacter { get; }

    public Node AnyString { get; }

    /// <summary>What may be the name of a property, between its quotes.</summary>
    public Node Names { get; }

    /// <summary>With its quotes.</summary>
    Node AnyName { get; }

    public Node AnyValue => anyValue.Value;
    public Node AnyObject => anyObject.Value;
    public Node AnyArray => anyArray.Value;

    /// <summary>A string by its content. Python may take single quotes where the content holds no quote.</summary>
    public Node Quoted(Node content) => mark is not null ? Marked(content) : noQuotes is null ? Between('"', content)
        : Table.Alternation(Between('"', content), Between('\'', Table.Both(content, noQuotes)));

    public Node Braces(Node members) => Table.Sequence(Table.Byte((byte)'{'), Space, members, Space, Table.Byte((byte)'}'));

    public Node Brackets(Node items) => Table.Sequence(Table.Byte((byte)'['), Space, items, Space, Table.Byte((byte)']'));

    /// <summary>Items with commas between them.</summary>
    public Node List(Node item, int least, int? most)
    {
        if (most < least) return Table.Nothing;
        if (most == 0) return Table.Empty;
        var some = Table.Sequence(item, More(item, Math.Max(0, least - 1), most - 1));
        return least == 0 ? Table.Optional(some) : some;
    }

    /// <summary>Further items, each after a comma.</summary>
    public Node More(Node item, int least, int? most) =>
        most < least ? Table.Nothing : Table.Repeat(Table.Sequence(Comma, item), least, most);

    /// <summary>One value, spelled in the shortest way.</summary>
    public Node Literal(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => Braces(Joined(value.EnumerateObject()
            .Select(member => Table.Sequence(Property(member.Name), Colon, Literal(member.Value))))),
        JsonValueKind.Array => Brackets(Joined(value.EnumerateArray().Select(Literal))),
        JsonValueKind.String => Name(value.GetString()!),
        JsonValueKind.Number => Table.Literal(Encoding.ASCII.GetBytes(ExactNumber.Shortest(value.GetRawText()))),
        _ => Word(value.GetRawText()),
    };

    /// <summary>A string with its quotes, in its shortest spelling.</summary>
    public Node Name(string text) => Quoted(Table.Literal(Spelling.Bytes(text)));

    /// <summary>The name of a property by its content, with quotes where it has some.</summary>
    public Node Property(Node name) => mark is null ? Quoted(name) : name;

    public Node Property(string name) => mark is null ? Name(name)
        : Table.Both(Names, Table.Literal(Spelling.Bytes(name)));

    Node Mark(byte[] spelling) => Table.Alternation(Table.Literal(spelling), Table.Literal(TokenTrie.Mark(spelling)));

    Node Marked(Node content) => Table.Sequence(mark!,
        Table.Both(content, Table.Not(Table.Sequence(Table.AnyBytes, mark!, Table.AnyBytes))), mark!);

    Node Between(char quote, Node content) => Table.Sequence(Table.Byte((byte)quote), content, Table.Byte((byte)quote));

    (Node BeforeSign, Node Elsewhere) Spaces()
    {
        if (layout.MostIndent is not > 0)
        {
            var any = Table.Repeat(Table.Bytes(Set(' ') | Set('\t') | Set('\n') | Set('\r')), 0, layout.MostIndent);
            return (any, any);
        }
        var (blank, line) = (Table.Byte((byte)' '), Table.Sequence(Table.Optional(Table.Byte((byte)'\r')), Table.Byte((byte)'\n'),
            Table.Repeat(Table.Bytes(Set(' ') | Set('\t')), 0, layout.MostIndent)));
        return (Table.Optional(blank), Table.Optional(Table.Alternation(blank, line)));
    }

    // Zero without a sign; behind the point no zero at the end; no exponent.
    (Node Integer, Node Number) Compared()
    {
        var negative = Table.Sequence(Table.Byte((byte)'-'), Table.Both(Magnitude, Table.Not(Table.Byte((byte)'0'))));
        var fraction = Table.Sequence(Table.Byte((byte)'.'), Table.Repeat(Table.Bytes(ByteSet.Range('0', '9')), 0, null),
            Table.Bytes(ByteSet.Range('1', '9')));
        return (Table.Alternation(Magnitude, negative),
            Table.Alternation(Magnitude, negative, Table.Sequence(Sign, Magnitude, fraction)));
    }

    Node Word(string word) => Table.Literal(Encoding.ASCII.GetBytes(words.GetValueOrDefault(word, word)));

    Node Joined(IEnumerable<Node> items)
    {
        var all = Table.Empty;
        foreach (var item in items.Reverse()) all = all == Table.Empty ? item : Table.Sequence(item, Comma, all);
        return all;
    }

    RuleNode MakeValue()
    {
        var value = Table.Rule();
        value.Body = Table.Alternation(Braces(List(Table.Sequence(AnyName, Colon, value), 0, null)), Brackets(List(value, 0, null)),
            AnyString, Number, Boolean, Null);
        return value;
    }

    static ByteSet Set(char one) => ByteSet.Of((byte)one);
}

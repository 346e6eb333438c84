// The parts of JSON (RFC 8259) as expressions: space, strings, numbers, literals, any value. Knows no schema.
using System.Text;
using System.Text.Json;
using Majlis.Inference.Grammars.Characters;

namespace Majlis.Inference.Grammars.Json;

sealed class JsonTexts
{
    readonly Lazy<Node> anyValue, anyObject, anyArray;

    public JsonTexts(NodeTable table, JsonLayout layout)
    {
        (Table, Spelling) = (table, Spelling.InJson(table));
        Space = table.Repeat(table.Bytes(Set(' ') | Set('\t') | Set('\n') | Set('\r')), 0, layout.MostSpace);
        Comma = table.Sequence(Space, table.Byte((byte)','), Space);
        Colon = table.Sequence(Space, table.Byte((byte)':'), Space);
        var digits = table.Repeat(table.Bytes(ByteSet.Range('0', '9')), 1, null);
        Magnitude = table.Alternation(table.Byte((byte)'0'),
            table.Sequence(table.Bytes(ByteSet.Range('1', '9')), table.Repeat(table.Bytes(ByteSet.Range('0', '9')), 0, null)));
        Sign = table.Optional(table.Byte((byte)'-'));
        Fraction = table.Sequence(table.Byte((byte)'.'), digits);
        Integer = table.Sequence(Sign, Magnitude);
        Number = table.Sequence(Integer, table.Optional(Fraction),
            table.Optional(table.Sequence(table.Bytes(Set('e') | Set('E')), table.Optional(table.Bytes(Set('+') | Set('-'))), digits)));
        Boolean = table.Alternation(table.Literal("true"u8), table.Literal("false"u8));
        Null = table.Literal("null"u8);
        AnyString = Quoted(table.Repeat(Spelling.AnyInJson(), 0, null));
        anyValue = new(MakeValue);
        anyObject = new(() => Braces(List(table.Sequence(AnyString, Colon, AnyValue), 0, null)));
        anyArray = new(() => Brackets(List(AnyValue, 0, null)));
    }

    public NodeTable Table { get; }

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
    public Node Boolean { get; }
    public Node Null { get; }
    public Node AnyString { get; }
    public Node AnyValue => anyValue.Value;
    public Node AnyObject => anyObject.Value;
    public Node AnyArray => anyArray.Value;

    public Node Quoted(Node content) => Table.Sequence(Table.Byte((byte)'"'), content, Table.Byte((byte)'"'));

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
            .Select(member => Table.Sequence(Name(member.Name), Colon, Literal(member.Value))))),
        JsonValueKind.Array => Brackets(Joined(value.EnumerateArray().Select(Literal))),
        JsonValueKind.String => Name(value.GetString()!),
        JsonValueKind.Number => Table.Literal(Encoding.ASCII.GetBytes(ExactNumber.Shortest(value.GetRawText()))),
        _ => Table.Literal(Encoding.ASCII.GetBytes(value.GetRawText())),
    };

    /// <summary>A string with its quotes, in its shortest spelling.</summary>
    public Node Name(string text) => Table.Literal(Encoding.UTF8.GetBytes(JsonQuote.Of(text)));

    Node Joined(IEnumerable<Node> items)
    {
        var all = Table.Empty;
        foreach (var item in items.Reverse()) all = all == Table.Empty ? item : Table.Sequence(item, Comma, all);
        return all;
    }

    RuleNode MakeValue()
    {
        var value = Table.Rule();
        value.Body = Table.Alternation(Braces(List(Table.Sequence(AnyString, Colon, value), 0, null)), Brackets(List(value, 0, null)),
            AnyString, Number, Boolean, Null);
        return value;
    }

    static ByteSet Set(char one) => ByteSet.Of((byte)one);
}

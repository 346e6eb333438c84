// The arguments of a call between tags, <parameter=city>, each value on lines of its own: texts as they are, other values as JSON. Only
// what the tool's own schema calls a text is one: the reader of calls knows no more of it.
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Majlis.Inference.Grammars.Characters;
using Majlis.Inference.Grammars.Patterns;

namespace Majlis.Inference.Grammars.Json.Schemas.Objects;

/// <param name="plain">The names of the arguments whose values are texts.</param>
sealed class TaggedArguments(JsonTexts json, Func<IEnumerable<SchemaPart>, Node> valueOf, ImmutableHashSet<string> plain)
    : ObjectForm(json, valueOf)
{
    readonly PlainTexts texts = new(json);

    public override Node Any
    {
        get
        {
            var named = Table.Alternation(plain.Select(name => Table.Literal(Encoding.UTF8.GetBytes(name))));
            var others = Table.Both(Names, Table.Not(named));
            return List(Table.Alternation(Property(others, Json.AnyValue), Property(named, texts.Any)), 0, null);
        }
    }

    public override Node Comma => Json.Space;

    public override Node Names { get; } = new PatternCompiler(Spelling.Plain(json.Table)).Whole("[^<>\"\\\\\\s\\u0000-\\u001f]+");

    public override Node Whole(Node members) => members;

    public override Node Named(Node name) => Table.Sequence(Table.Literal("<parameter="u8), name, Table.Literal(">\n"u8));

    public override Node Valued(Node value) => Table.Sequence(value, Table.Literal("\n</parameter>"u8));

    /// <exception cref="GrammarException">Tags cannot hold the name.</exception>
    public override Node Property(string name, IEnumerable<SchemaPart> parts)
    {
        if (name.Any(sign => sign is '<' or '>' || char.IsWhiteSpace(sign)))
            throw new GrammarException($"At #/properties/{SchemaPart.Escaped(name)}: this model writes the names of arguments into "
                + "tags, which hold neither white space nor angle brackets.");
        return Property(Table.Literal(Encoding.UTF8.GetBytes(name)), plain.Contains(name) ? texts.Of(parts) : ValueOf(parts));
    }

    /// <summary>Strings without quotes, as far as the closing tag.</summary>
    sealed class PlainTexts
    {
        readonly NodeTable table;
        readonly ScalarRules scalars;
        readonly ListedValues listed;

        public PlainTexts(JsonTexts json)
        {
            (table, scalars) = (json.Table, new(json, Spelling.Plain(json.Table)));
            listed = new(scalars);
            Any = Closed(table.Repeat(Spelling.Plain(table).Any, 0, null));
        }

        public Node Any { get; }

        public Node Of(IEnumerable<SchemaPart> parts) => Conjunction.Of(parts) is { } all ? Of(all) : table.Nothing;

        Node Of(Conjunction all)
        {
            if (all.Branches() is { } branches)
                return table.Alternation(branches.Select(branch => branch is null ? table.Nothing : Of(branch)).ToList());
            var types = ValueTypes.Of(all);
            if (!types.Contains("string")) return table.Nothing;
            return Closed(ScalarRules.Literals(all) is { } literals
                ? scalars.AnyOf(listed.Fitting(all, literals).Where(value => value.ValueKind == JsonValueKind.String))
                : scalars.String(all));
        }

        Node Closed(Node text) => table.Both(text,
            table.Not(table.Sequence(table.AnyBytes, table.Literal("</parameter>"u8), table.AnyBytes)));
    }
}

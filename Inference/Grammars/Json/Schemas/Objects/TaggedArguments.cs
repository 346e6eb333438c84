// The arguments of a call between tags: texts as they are, other values as JSON. Only what the tool's own schema calls a text is one: the
// reader of calls knows no more of it.
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Majlis.Inference.Grammars.Characters;
using Majlis.Inference.Grammars.Patterns;

namespace Majlis.Inference.Grammars.Json.Schemas.Objects;

/// <param name="tags">What stands before, between and behind a name and its value.</param>
/// <param name="plain">The names of the arguments whose values are texts.</param>
sealed class TaggedArguments(JsonTexts json, Func<IEnumerable<SchemaPart>, Node> valueOf, ArgumentTags tags,
    ImmutableHashSet<string> plain) : ObjectForm(json, valueOf)
{
    readonly PlainTexts texts = new(json, json.Table.Literal(Encoding.ASCII.GetBytes(tags.Close)));

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

    public override Node Named(Node name) => Table.Sequence(Literal(tags.Open), name, Literal(tags.NameEnd),
        tags.Between.Length > 0 ? Table.Sequence(Json.Space, Literal(tags.Between)) : Table.Empty);

    public override Node Valued(Node value) => Table.Sequence(value, Literal(tags.LineEnd), Literal(tags.Close));

    /// <exception cref="GrammarException">Tags cannot hold the name.</exception>
    public override Node Property(string name, IEnumerable<SchemaPart> parts)
    {
        if (name.Any(sign => sign is '<' or '>' || char.IsWhiteSpace(sign)))
            throw new GrammarException($"At #/properties/{SchemaPart.Escaped(name)}: this model writes the names of arguments into "
                + "tags, which hold neither white space nor angle brackets.");
        return Property(Table.Literal(Encoding.UTF8.GetBytes(name)), plain.Contains(name) ? texts.Of(parts) : ValueOf(parts));
    }

    Node Literal(string text) => Table.Literal(Encoding.ASCII.GetBytes(text));

    /// <summary>Strings without quotes, as far as the closing tag.</summary>
    sealed class PlainTexts
    {
        readonly NodeTable table;
        readonly ScalarRules scalars;
        readonly ListedValues listed;

        readonly Node close;

        public PlainTexts(JsonTexts json, Node close)
        {
            this.close = close;
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

        Node Closed(Node text) => table.Both(text, table.Not(table.Sequence(table.AnyBytes, close, table.AnyBytes)));
    }
}

/// <param name="Between">Between name and value; white space may stand before it.</param>
/// <param name="LineEnd">Before the closing tag.</param>
sealed record ArgumentTags(string Open, string NameEnd, string Between, string LineEnd, string Close)
{
    /// <summary>Each value on lines of its own.</summary>
    public static ArgumentTags Parameter { get; } = new("<parameter=", ">\n", "", "\n", "</parameter>");

    public static ArgumentTags KeyAndValue { get; } = new("<arg_key>", "</arg_key>", "<arg_value>", "", "</arg_value>");
}

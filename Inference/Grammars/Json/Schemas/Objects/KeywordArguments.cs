// The arguments of a call as Python writes them: (city="Fes", days=3).
using System.Text;
using System.Text.RegularExpressions;
using Majlis.Inference.Grammars.Patterns;

namespace Majlis.Inference.Grammars.Json.Schemas.Objects;

sealed partial class KeywordArguments(JsonTexts json, Func<IEnumerable<SchemaPart>, Node> valueOf) : ObjectForm(json, valueOf)
{
    public override Node Any => Whole(List(Property(Names, Json.AnyValue), 0, null));

    public override Node Comma => Json.Comma;

    public override Node Names { get; } = new PatternCompiler(json.Spelling).Whole("[A-Za-z_][A-Za-z0-9_]*");

    public override Node Whole(Node members) =>
        Table.Sequence(Table.Byte((byte)'('), Json.Space, members, Json.Space, Table.Byte((byte)')'));

    public override Node Named(Node name) => Table.Sequence(name, Table.Byte((byte)'='));

    public override Node Valued(Node value) => value;

    /// <exception cref="GrammarException">Python cannot name such an argument.</exception>
    public override Node Property(string name, IEnumerable<SchemaPart> parts) => Identifier().IsMatch(name)
        ? Property(Table.Literal(Encoding.ASCII.GetBytes(name)), ValueOf(parts))
        : throw new GrammarException($"At #/properties/{SchemaPart.Escaped(name)}: this model writes calls in Python, "
            + "which cannot name an argument so; letters, digits and underscores are taken.");

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Identifier();
}

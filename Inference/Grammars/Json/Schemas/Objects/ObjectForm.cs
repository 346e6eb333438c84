// How an object is written: as JSON, or, where it is the arguments of a call, as a family of models writes those. Knows no condition.
namespace Majlis.Inference.Grammars.Json.Schemas.Objects;

/// <param name="valueOf">The expression of values for which all given subschemas hold.</param>
abstract class ObjectForm(JsonTexts json, Func<IEnumerable<SchemaPart>, Node> valueOf)
{
    protected JsonTexts Json => json;

    /// <summary>The form of values in it.</summary>
    public JsonForm Values => json.Form;

    protected NodeTable Table => json.Table;

    /// <summary>Any object.</summary>
    public abstract Node Any { get; }

    /// <summary>What stands between two properties.</summary>
    public abstract Node Comma { get; }

    /// <summary>The names that properties may have, as they are spelled in strings.</summary>
    public abstract Node Names { get; }

    public abstract Node Whole(Node members);

    /// <summary>A property's beginning.</summary>
    /// <param name="name">As it is spelled in a string.</param>
    public abstract Node Named(Node name);

    /// <summary>What stands behind that.</summary>
    public abstract Node Valued(Node value);

    /// <param name="name">As it is spelled in a string.</param>
    public Node Property(Node name, Node value) => Table.Sequence(Named(name), Valued(value));

    /// <summary>A property of that name, for whose value all subschemas hold.</summary>
    public abstract Node Property(string name, IEnumerable<SchemaPart> parts);

    public Node ValueOf(IEnumerable<SchemaPart> parts) => valueOf(parts);

    public Node List(Node property, int least, int? most)
    {
        if (most < least) return Table.Nothing;
        if (most == 0) return Table.Empty;
        var some = Table.Sequence(property, More(property, Math.Max(0, least - 1), most - 1));
        return least == 0 ? Table.Optional(some) : some;
    }

    /// <summary>Properties whose names differ, each one of several.</summary>
    /// <exception cref="GrammarException">Names have several spellings.</exception>
    public Node Differing(string place, IEnumerable<(Node Name, Node Value)> properties, int least, int? most)
    {
        if (json.As(json.Form) is null)
            throw new GrammarException($"At {place}: this model's calls are not JSON, and names that differ cannot be counted in them.");
        var entries = properties.Select(one => (Named(one.Name), Valued(one.Value))).ToArray();
        return Table.Distinct(new(place, [entries], Comma, least, most, isJson: false));
    }

    /// <summary>Further properties, behind others.</summary>
    public Node More(Node property, int least, int? most) =>
        most < least ? Table.Nothing : Table.Repeat(Table.Sequence(Comma, property), least, most);
}

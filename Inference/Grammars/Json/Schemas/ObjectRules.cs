// Objects: named properties in the schema's order, each there or not as the schema says, then further ones. A rule for each place and
// number of properties written so far says how the object may go on. Knows no other type.
using System.Text.Json;

namespace Majlis.Inference.Grammars.Json.Schemas;

/// <param name="json">Makes the expressions.</param>
/// <param name="scalars">For the names of properties.</param>
/// <param name="valueOf">The expression of values for which all given subschemas hold.</param>
sealed class ObjectRules(JsonTexts json, ScalarRules scalars, Func<IEnumerable<SchemaPart>, Node> valueOf)
{
    const int MostPlaces = 20_000;

    public static string[] Keywords { get; } =
        ["properties", "patternProperties", "additionalProperties", "propertyNames", "required", "minProperties", "maxProperties"];

    readonly NodeTable table = json.Table;

    public Node Compile(Conjunction all)
    {
        if (all.Parts.All(part => Keywords.All(keyword => part[keyword] is null))) return json.AnyObject;
        var shape = new ObjectShape(all, scalars);
        var further = Further(shape);
        var (least, most) = Bounds(all, shape, further != table.Nothing);
        var count = Math.Max(Math.Max(least, most ?? 0), 1);
        if ((long)count * shape.Names.Count > MostPlaces)
            throw new GrammarException($"At {all.Parts[0].Path}: counting so many properties makes the schema too large.");
        // rests[c]: what may follow where c properties are written, or at least so many where c is the highest.
        var rests = Enumerable.Range(0, count + 1).Select(written => End(all, further, written, least, most)).ToArray();
        for (var i = shape.Names.Count - 1; i >= 0; i--) rests = Before(shape, i, rests, most);
        return json.Braces(rests[0]);
    }

    /// <summary>What may follow before the property at <paramref name="index"/>, from what may follow behind it.</summary>
    Node[] Before(ObjectShape shape, int index, Node[] behind, int? most)
    {
        var name = shape.Names[index];
        var property = table.Sequence(json.Name(name), json.Colon, shape.Of(name) is { } parts ? valueOf(parts) : table.Nothing);
        var before = new Node[behind.Length];
        for (var written = 0; written < behind.Length; written++)
        {
            var rule = table.Rule();
            before[written] = rule;
            var with = written == most ? table.Nothing : table.Sequence(written > 0 ? json.Comma : table.Empty, property,
                behind[Math.Min(written + 1, behind.Length - 1)]);
            rule.Body = shape.IsRequired(name) ? with : table.Alternation(with, behind[written]);
        }
        return before;
    }

    /// <summary>Further properties behind all named ones.</summary>
    Node End(Conjunction all, Node further, int written, int least, int? most)
    {
        var (fewest, greatest) = (Math.Max(0, least - written), most - written);
        if (further == table.Nothing) return fewest == 0 ? table.Empty : table.Nothing;
        // The same name might come twice, and count once.
        if (fewest > 1) throw all.All("minProperties").First().Part.Unsupported("minProperties");
        return written == 0 ? json.List(further, fewest, greatest) : json.More(further, fewest, greatest);
    }

    /// <summary>Any one property that is not named.</summary>
    Node Further(ObjectShape shape)
    {
        var named = table.Not(table.Alternation(shape.Names.Select(scalars.Content)));
        var options = new List<Node>();
        foreach (var (patterns, parts) in shape.Further())
        {
            var matches = shape.Patterns.Select(pattern =>
                patterns.Contains(pattern) ? scalars.Pattern(pattern) : table.Not(scalars.Pattern(pattern)));
            var name = table.Both([table.Repeat(json.Spelling.Any, 0, null), named, .. shape.NameConditions, .. matches]);
            if (scalars.IsLive(name)) options.Add(table.Sequence(json.Quoted(name), json.Colon, valueOf(parts)));
        }
        return table.Alternation(options);
    }

    /// <summary>The bounds of the number of properties, without those that hold anyway.</summary>
    static (int Least, int? Most) Bounds(Conjunction all, ObjectShape shape, bool hasFurther)
    {
        var (least, most) = (all.Least("minProperties"), all.Most("maxProperties"));
        if (least <= shape.Names.Count(shape.IsRequired)) least = 0;
        if (!hasFurther && most >= shape.Names.Count) most = null;
        return (least, most);
    }
}

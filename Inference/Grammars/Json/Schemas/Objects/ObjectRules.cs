// Objects: named properties in the schema's order, each there or not as the schema says, then further ones. A rule for each place, number
// of properties written so far and set of properties still wanted says how the object may go on. Knows no other type.
namespace Majlis.Inference.Grammars.Json.Schemas.Objects;

/// <param name="scalars">For the names of properties.</param>
/// <param name="open">The form of objects that may have further properties.</param>
/// <param name="closed">The form of others.</param>
sealed class ObjectRules(NodeTable table, ScalarRules scalars, ObjectForm open, ObjectForm closed)
{
    const int MostPlaces = 20_000;
    const int MostWanted = 3;

    public static string[] Keywords { get; } =
    [
        "properties", "patternProperties", "additionalProperties", "propertyNames", "required", "minProperties", "maxProperties",
        SomeProperty.Keyword,
    ];

    public Node Compile(Conjunction all)
    {
        if (open.Values != JsonForm.Within && all.Parts.All(part => Keywords.All(keyword => part[keyword] is null))) return open.Any;
        var shape = new ObjectShape(all, scalars);
        var further = new FurtherProperties(table, scalars, shape, open);
        var (least, most) = Bounds(all, shape, !further.IsEmpty);
        if (!further.IsEmpty && (open.Values == JsonForm.Within || (open.Values == JsonForm.Compared && further.IsBounded(most))))
            throw new OpenValueException();
        var form = further.IsEmpty ? closed : open;
        var highest = Math.Max(Math.Max(least, most ?? 0), 1);
        if (shape.Wanted.Count > MostWanted || ((long)highest * shape.Names.Count << shape.Wanted.Count) > MostPlaces)
            throw new GrammarException($"At {all.Parts[0].Path}: counting so many properties makes the schema too large.");
        // rests[c, w]: what may follow where c properties are written, or at least so many where c is the highest, and the set w is wanted.
        var rests = new Node[highest + 1, 1 << shape.Wanted.Count];
        Fill(rests, (written, wanted) => further.After(written, wanted, (least, most, highest)));
        for (var i = shape.Names.Count - 1; i >= 0; i--) rests = Before(shape, i, rests, most, form);
        return form.Whole(rests[0, rests.GetLength(1) - 1]);
    }

    /// <summary>What may follow before the property at <paramref name="index"/>, from what may follow behind it.</summary>
    Node[,] Before(ObjectShape shape, int index, Node[,] behind, int? most, ObjectForm form)
    {
        var name = shape.Names[index];
        var ways = Ways(shape, name, form);
        var before = new Node[behind.GetLength(0), behind.GetLength(1)];
        Fill(before, (written, wanted) =>
        {
            var rule = table.Rule();
            var next = Math.Min(written + 1, behind.GetLength(0) - 1);
            var with = ways.Where(way => written != most && (way.Satisfied & ~wanted) == 0).Select(way =>
                table.Sequence(written > 0 ? form.Comma : table.Empty, way.Property, behind[next, wanted & ~way.Satisfied])).ToList();
            rule.Body = table.Alternation(shape.IsRequired(name) ? with : [.. with, behind[written, wanted]]);
            return rule;
        });
        return before;
    }

    /// <summary>The property, once for each set of wanted ones that it may be.</summary>
    List<(int Satisfied, Node Property)> Ways(ObjectShape shape, string name, ObjectForm form)
    {
        if (shape.Of(name)?.ToList() is not { } parts) return [];
        var possible = shape.WantedSet(wanted => scalars.Accepts(wanted.Names, name));
        return [.. ObjectShape.Subsets(possible).Select(set => (set, form.Property(name,
            [.. parts, .. shape.WantedIn(set).Select(wanted => wanted.Value)])))];
    }

    /// <summary>The bounds of the number of properties, without those that hold anyway.</summary>
    static (int Least, int? Most) Bounds(Conjunction all, ObjectShape shape, bool hasFurther)
    {
        var (least, most) = (all.Least("minProperties"), all.Most("maxProperties"));
        if (least <= shape.Names.Count(shape.IsRequired)) least = 0;
        if (!hasFurther && most >= shape.Names.Count) most = null;
        return (least, most);
    }

    static void Fill(Node[,] places, Func<int, int, Node> make)
    {
        for (var written = 0; written < places.GetLength(0); written++)
            for (var wanted = 0; wanted < places.GetLength(1); wanted++) places[written, wanted] = make(written, wanted);
    }
}

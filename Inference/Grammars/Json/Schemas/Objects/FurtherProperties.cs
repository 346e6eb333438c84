// The properties that a schema does not name, behind all that it names: a number between bounds, and among them those that are wanted.
// Knows no named property.
namespace Majlis.Inference.Grammars.Json.Schemas.Objects;

sealed class FurtherProperties
{
    readonly ScalarRules scalars;
    readonly ObjectShape shape;
    readonly NodeTable table;
    readonly ObjectForm form;
    // [set]: one property that is all of a set of wanted ones.
    readonly Dictionary<int, Node> kinds = [];
    readonly Dictionary<(int Written, int Wanted), RuleNode> rules = [];
    readonly List<(Node Name, Node Value)> options = [];

    public FurtherProperties(NodeTable table, ScalarRules scalars, ObjectShape shape, ObjectForm form)
    {
        (this.table, this.scalars, this.shape, this.form) = (table, scalars, shape, form);
        var named = table.Not(table.Alternation(shape.Names.Select(scalars.Content)));
        foreach (var (patterns, parts) in shape.Further())
        {
            var matches = shape.Patterns.Select(pattern =>
                patterns.Contains(pattern) ? Matching(pattern) : table.Not(Matching(pattern)));
            var name = table.Both([form.Names, named, .. shape.NameConditions, .. matches]);
            var value = form.ValueOf(parts);
            if (value != table.Nothing && scalars.IsLive(name)) options.Add((name, value));
        }
    }

    public bool IsEmpty => options.Count == 0;

    /// <summary>There is not always one more, of another name.</summary>
    public bool IsBounded(int? most) => most is not null || options.TrueForAll(option => option.Name.IsFinite);

    /// <summary>What may follow where so many properties are written, or at least the highest number, and a set is wanted.</summary>
    /// <exception cref="GrammarException">They would have to be counted, or told from others of the same name.</exception>
    public Node After(int written, int wanted, (int Least, int? Most, int Highest) bounds)
    {
        if (wanted == 0) return Free(written, bounds.Least, bounds.Most);
        if (written == bounds.Most) return table.Nothing;
        if (rules.TryGetValue((written, wanted), out var known)) return known;
        var rule = rules[(written, wanted)] = table.Rule();
        rule.Body = table.Alternation(ObjectShape.Subsets(wanted).Select(set =>
            table.Sequence(written > 0 ? form.Comma : table.Empty, One(set),
                After(Math.Min(written + 1, bounds.Highest), wanted & ~set, bounds))).ToList());
        return rule;
    }

    Node Matching(string pattern) => scalars.Pattern(shape.Place("patternProperties"), pattern);

    Node Free(int written, int least, int? most)
    {
        var (fewest, greatest) = (Math.Max(0, least - written), most - written);
        if (IsEmpty) return fewest == 0 ? table.Empty : table.Nothing;
        // The same name might come twice, and count once.
        if (fewest > 1)
        {
            var several = form.Differing(shape.Place("minProperties"), options, fewest, greatest);
            return written == 0 ? several : table.Sequence(form.Comma, several);
        }
        return written == 0 ? form.List(One(0), fewest, greatest) : form.More(One(0), fewest, greatest);
    }

    Node One(int set)
    {
        if (kinds.TryGetValue(set, out var known)) return known;
        var wanted = shape.WantedIn(set).ToList();
        var found = options.Select(option => (Name: scalars.All([option.Name, .. wanted.Select(one => one.Names)]), option.Value))
            .Where(option => scalars.IsLive(option.Name)).ToList();
        // The same name might come twice, with another value that is the one that counts.
        if (found.Count > 0 && wanted.Find(one => !one.IsAny) is { Value: { } value })
            throw new GrammarException($"At {value.Path}: no such value can be wanted of a property that the schema does not name.");
        return kinds[set] = table.Alternation(found.Select(option =>
            form.Property(option.Name, option.Value)).ToList());
    }
}

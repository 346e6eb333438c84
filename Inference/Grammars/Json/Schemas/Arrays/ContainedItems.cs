// Arrays of which some items are counted by contains: a rule for each number of items and of counted ones says how the array may go on.
// Every item is read as one that counts or as one that does not, where both may hold. Knows no other condition.
namespace Majlis.Inference.Grammars.Json.Schemas.Arrays;

/// <param name="json">Makes the expressions.</param>
/// <param name="valueOf">The expression of values for which all given subschemas hold.</param>
sealed class ContainedItems(JsonTexts json, Func<IEnumerable<SchemaPart>, Node> valueOf)
{
    const int MostRules = 5_000;
    const int MostConditions = 4;

    readonly NodeTable table = json.Table;

    /// <summary>What stands between the brackets.</summary>
    public Node Compile(ArrayShape shape)
    {
        var where = shape.Contained[0].Schema;
        if (shape.Contained.Count > MostConditions)
            throw new GrammarException($"At {where.Path}: up to {MostConditions} conditions 'contains' on one array are supported.");
        var rules = new Dictionary<string, RuleNode>();
        var open = new Queue<(Place Place, RuleNode Rule)>();
        var start = RuleOf(new(0, new int[shape.Contained.Count]));
        while (open.TryDequeue(out var next)) next.Rule.Body = Rest(shape, next.Place, RuleOf);
        return start;

        RuleNode RuleOf(Place place)
        {
            if (rules.TryGetValue(place.Key, out var known)) return known;
            if (rules.Count == MostRules)
                throw new GrammarException($"At {where.Path}: counting so many items makes the schema too large.");
            open.Enqueue((place, rules[place.Key] = table.Rule()));
            return rules[place.Key];
        }
    }

    /// <summary>How the array may go on behind <paramref name="place"/>.</summary>
    Node Rest(ArrayShape shape, Place place, Func<Place, RuleNode> ruleOf)
    {
        var conditions = shape.Contained;
        var options = new List<Node>();
        if (place.Items >= shape.Least && conditions.Select((one, i) => place.Counts[i] >= one.Least).All(enough => enough))
            options.Add(table.Empty);
        if (place.Items == shape.Most) return table.Alternation(options);
        // Beyond these numbers more items make no difference.
        var items = Math.Min(place.Items + 1, shape.Most ?? Math.Max(Math.Max(shape.First, shape.Least), 1));
        for (var chosen = 0; chosen < 1 << conditions.Count; chosen++)
        {
            bool Counts(int i) => (chosen >> i & 1) != 0;
            if (conditions.Where((one, i) => Counts(i) && place.Counts[i] == (one.Most ?? one.Least)).Any()) continue;
            var parts = conditions.Select((one, i) => Counts(i) ? one.Schema : one.Opposite).OfType<SchemaPart>();
            int[] counts = [.. place.Counts.Select((count, i) => Counts(i) ? count + 1 : count)];
            options.Add(table.Sequence(place.Items > 0 ? json.Comma : table.Empty,
                valueOf([.. shape.At(place.Items), .. parts]), ruleOf(new(items, counts))));
        }
        return table.Alternation(options);
    }

    /// <param name="Items">Written so far, or at least so many.</param>
    /// <param name="Counts">For each condition, the items counted so far.</param>
    sealed record Place(int Items, int[] Counts)
    {
        public string Key => $"{Items}:{string.Join(',', Counts)}";
    }
}

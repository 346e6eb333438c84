// One contains with its bounds: so many items of an array satisfy a schema. Knows no bytes.
using System.Text.Json;

namespace Majlis.Inference.Grammars.Json.Schemas.Arrays;

/// <param name="Opposite">What the other items satisfy, where it matters that they are not counted: where there is an upper bound.</param>
/// <param name="Most">Null is without a bound.</param>
sealed record CountedItem(SchemaPart Schema, SchemaPart? Opposite, int Least, int? Most)
{
    /// <summary>Null where nothing has to be counted. Up to draft 7 the bounds have no meaning.</summary>
    /// <exception cref="GrammarException">There is an upper bound, and the schema has no opposite that can be said.</exception>
    public static CountedItem? Of(SchemaPart part, JsonElement contains)
    {
        var schema = part.Child(contains, "contains");
        var least = Bound(part, "minContains") ?? 1;
        var most = Bound(part, "maxContains");
        return least == 0 && most is null ? null : new(schema, most is null ? null : Negation.Of(schema), least, most);
    }

    static int? Bound(SchemaPart part, string keyword) =>
        !part.Resource.IsOld && part[keyword] is { } value ? Conjunction.Count(value) : null;
}

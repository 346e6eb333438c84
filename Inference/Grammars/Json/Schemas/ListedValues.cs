// The values for which subschemas hold where a schema lists them: by enum and const, and by the types that have few. Knows no bytes.
using System.Text.Json;

namespace Majlis.Inference.Grammars.Json.Schemas;

/// <param name="scalars">For the other conditions.</param>
sealed class ListedValues(ScalarRules scalars)
{
    static readonly JsonElement[] fewest =
        [.. new bool?[] { null, false, true }.Select(value => JsonSerializer.SerializeToElement(value))];

    readonly ValueCheck check = new(scalars);

    /// <summary>The values for which all parts hold; null where they are not listed.</summary>
    public IReadOnlyList<JsonElement>? Of(IEnumerable<SchemaPart> parts) => Conjunction.Of(parts) is { } all ? Of(all) : [];

    /// <summary>Of the values that an enum or a const lists, those for which the other keywords hold.</summary>
    public IEnumerable<JsonElement> Fitting(Conjunction all, IEnumerable<JsonElement> values) =>
        values.Where(value => check.Holds(all, value));

    IReadOnlyList<JsonElement>? Of(Conjunction all)
    {
        if (all.Branches() is { } branches)
        {
            var each = branches.Select(branch => branch is null ? [] : Of(branch)).ToList();
            return each.Contains(null) ? null : [.. each.SelectMany(values => values!)];
        }
        if (ScalarRules.Literals(all) is { } literals) return [.. Fitting(all, literals)];
        return ValueTypes.Of(all).IsSubsetOf(["null", "boolean"]) ? [.. Fitting(all, fewest)] : null;
    }
}

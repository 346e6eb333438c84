// The values for which subschemas hold where a schema lists them: by enum and const, and by the types that have few. Knows no bytes.
using System.Text.Json;
using Majlis.Inference.Grammars.Json.Schemas.Arrays;
using Majlis.Inference.Grammars.Json.Schemas.Objects;

namespace Majlis.Inference.Grammars.Json.Schemas;

/// <param name="scalars">For the other conditions.</param>
sealed class ListedValues(ScalarRules scalars)
{
    static readonly JsonElement[] fewest =
        [.. new bool?[] { null, false, true }.Select(value => JsonSerializer.SerializeToElement(value))];

    /// <summary>The values for which all parts hold; null where they are not listed.</summary>
    public IReadOnlyList<JsonElement>? Of(IEnumerable<SchemaPart> parts) => Conjunction.Of(parts) is { } all ? Of(all) : [];

    /// <summary>Of the values that an enum or a const lists, those for which the other keywords hold.</summary>
    public IEnumerable<JsonElement> Fitting(Conjunction all, IEnumerable<JsonElement> values, HashSet<string> types)
    {
        foreach (var value in values)
            if (types.Contains(ValueTypes.Of(value)) || (types.Contains("number") && value.ValueKind == JsonValueKind.Number))
            {
                CheckNothingBeside(all, value);
                if (scalars.Fits(all, value, types)) yield return value;
            }
    }

    IReadOnlyList<JsonElement>? Of(Conjunction all)
    {
        if (all.Branches() is { } branches)
        {
            var each = branches.Select(branch => branch is null ? [] : Of(branch)).ToList();
            return each.Contains(null) ? null : [.. each.SelectMany(values => values!)];
        }
        var types = ValueTypes.Of(all);
        if (ScalarRules.Literals(all) is { } literals) return [.. Fitting(all, literals, types)];
        return types.IsSubsetOf(["null", "boolean"])
            ? [.. fewest.Where(value => types.Contains(ValueTypes.Of(value)) && !ScalarRules.Excludes(all, value.GetRawText()))] : null;
    }

    static void CheckNothingBeside(Conjunction all, JsonElement value)
    {
        string[] keywords = value.ValueKind switch
        {
            JsonValueKind.Object => ObjectRules.Keywords,
            JsonValueKind.Array => ArrayRules.Keywords,
            _ => [],
        };
        foreach (var keyword in keywords)
            foreach (var (part, _) in all.All(keyword))
                throw part.Wrong(keyword, $"'{keyword}' beside an enum or const of objects or arrays is not supported.");
    }
}

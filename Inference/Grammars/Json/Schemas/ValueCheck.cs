// Whether subschemas hold for one given value: those that an enum or a const lists are kept only where all keywords beside it hold. Knows
// no bytes.
using System.Runtime.CompilerServices;
using System.Text.Json;
using Majlis.Inference.Grammars.Json.Schemas.Arrays;
using Majlis.Inference.Grammars.Json.Schemas.Objects;

namespace Majlis.Inference.Grammars.Json.Schemas;

/// <param name="scalars">For strings, numbers and the names of properties.</param>
sealed class ValueCheck(ScalarRules scalars)
{
    public bool Holds(Conjunction all, JsonElement value)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (all.Branches() is { } branches) return branches.Any(branch => branch is not null && Holds(branch, value));
        var types = ValueTypes.Of(all);
        if (!types.Contains(ValueTypes.Of(value))) return false;
        if (ScalarRules.Literals(all) is { } literals && !literals.Any(one => JsonElement.DeepEquals(one, value))) return false;
        if (all.All("not").Any(not => ScalarRules.Excluded(not.Value).Any(one => JsonElement.DeepEquals(one, value)))) return false;
        return value.ValueKind switch
        {
            JsonValueKind.Array => HoldsArray(all, value),
            JsonValueKind.Object => HoldsObject(all, value),
            _ => scalars.Fits(all, value, types),
        };
    }

    bool Holds(IEnumerable<SchemaPart> parts, JsonElement value) => Conjunction.Of(parts) is { } all && Holds(all, value);

    bool HoldsArray(Conjunction all, JsonElement array)
    {
        var (shape, items) = (new ArrayShape(all), array.EnumerateArray().ToList());
        if (items.Count < shape.Least || items.Count > shape.Most) return false;
        if (items.Where((item, index) => !Holds(shape.At(index), item)).Any()) return false;
        foreach (var counted in shape.Contained)
        {
            var count = items.Count(item => Holds([counted.Schema], item));
            if (count < counted.Least || count > counted.Most) return false;
        }
        return shape.Distinct is null
            || !items.Where((item, index) => items.Take(index).Any(other => JsonElement.DeepEquals(item, other))).Any();
    }

    bool HoldsObject(Conjunction all, JsonElement value)
    {
        var (shape, members) = (new ObjectShape(all, scalars), value.EnumerateObject().ToList());
        if (members.Count < all.Least("minProperties") || members.Count > all.Most("maxProperties")) return false;
        return shape.Names.All(name => !shape.IsRequired(name) || members.Exists(member => member.Name == name))
            && members.TrueForAll(member => shape.Of(member.Name) is { } parts && Holds(parts, member.Value))
            && shape.Wanted.All(wanted => members.Exists(member =>
                scalars.Accepts(wanted.Names, member.Name) && Holds([wanted.Value], member.Value)));
    }
}

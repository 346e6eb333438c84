// Which files a search looks into, by their attributes: OpenAI's comparisons, joined by "and" and "or". Knows no file.
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Wire;

namespace Majlis.Server.VectorStores;

abstract record AttributeFilter
{
    const int Deepest = 8;

    static readonly string[] comparisons = ["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin"];

    public abstract bool Takes(JsonObject attributes);

    /// <summary>The filter, or null with the reason in <paramref name="problem"/>.</summary>
    public static AttributeFilter? Read(JsonElement value, string name, Problem problem, int depth = 0)
    {
        var fields = new Fields(value, name, problem);
        if (problem.First is not null) return null;
        var type = fields.Word("type", [.. comparisons, "and", "or"], required: true);
        if (depth > Deepest) problem.Add(ApiError.InvalidValue(name, $"Invalid '{name}': filters lie more than {Deepest} deep."));
        if (problem.First is not null) return null;
        AttributeFilter? filter = type is "and" or "or" ? Joined(fields, type, problem, depth) : Compared(fields, type, problem);
        fields.Done();
        return problem.First is null ? filter : null;
    }

    static JoinedFilter Joined(Fields fields, string type, Problem problem, int depth)
    {
        var inner = ImmutableArray.CreateBuilder<AttributeFilter>();
        if (!fields.Has("filters")) problem.Add(ApiError.MissingField(fields.Name("filters")));
        foreach (var (item, name) in fields.Items("filters"))
            if (Read(item, name, problem, depth + 1) is { } one) inner.Add(one);
        return new(type == "and", inner.ToImmutable());
    }

    static ComparedFilter? Compared(Fields fields, string type, Problem problem)
    {
        var (key, name) = (fields.RequiredText("key"), fields.Name("value"));
        if (fields.Any("value") is not { } value)
        {
            problem.Add(ApiError.MissingField(name));
            return null;
        }
        var isList = type is "in" or "nin";
        if (isList != (value.ValueKind == JsonValueKind.Array) || value.ValueKind == JsonValueKind.Object)
            problem.Add(ApiError.WrongType(name, isList ? "an array" : "a string, a number or a boolean", Fields.Kind(value)));
        else if (type is "gt" or "gte" or "lt" or "lte" && value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            problem.Add(ApiError.WrongType(name, "a string or a number", Fields.Kind(value)));
        foreach (var (at, item) in (isList && problem.First is null ? value.EnumerateArray() : default).Index())
            if (item.ValueKind is not (JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False))
                problem.Add(ApiError.WrongType($"{name}[{at}]", "a string, a number or a boolean", Fields.Kind(item)));
        return problem.First is not null ? null
            : new(key, type, isList ? [.. value.EnumerateArray().Select(item => item.Clone())] : [value.Clone()]);
    }
}

sealed record JoinedFilter(bool All, ImmutableArray<AttributeFilter> Filters) : AttributeFilter
{
    public override bool Takes(JsonObject attributes) =>
        All ? Filters.All(filter => filter.Takes(attributes)) : Filters.Any(filter => filter.Takes(attributes));
}

/// <param name="Values">One, or the list of "in" and "nin".</param>
sealed record ComparedFilter(string Key, string Type, ImmutableArray<JsonElement> Values) : AttributeFilter
{
    /// <summary>A file without the attribute is taken by "ne" and "nin" only.</summary>
    public override bool Takes(JsonObject attributes)
    {
        var found = attributes[Key] is { } node ? JsonSerializer.SerializeToElement(node, WireJson.Wire.JsonNode) : (JsonElement?)null;
        if (Type is "ne" or "nin") return found is not { } other || !Values.Any(value => Order(other, value) == 0);
        if (found is not { } own) return false;
        return Type switch
        {
            "gt" => Order(own, Values[0]) > 0,
            "gte" => Order(own, Values[0]) >= 0,
            "lt" => Order(own, Values[0]) < 0,
            "lte" => Order(own, Values[0]) <= 0,
            _ => Values.Any(value => Order(own, value) == 0),
        };
    }

    /// <summary>Null for two values of different types.</summary>
    static int? Order(JsonElement left, JsonElement right) => (left.ValueKind, right.ValueKind) switch
    {
        (JsonValueKind.Number, JsonValueKind.Number) => left.GetDouble().CompareTo(right.GetDouble()),
        (JsonValueKind.String, JsonValueKind.String) => string.CompareOrdinal(left.GetString(), right.GetString()),
        (JsonValueKind.True or JsonValueKind.False, JsonValueKind.True or JsonValueKind.False) =>
            left.GetBoolean().CompareTo(right.GetBoolean()),
        _ => null,
    };
}

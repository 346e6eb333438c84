// The fields of an adapter_config.json, read one by one with peft's defaults. A value of the wrong kind or an unknown field is an
// error that names file and field. Knows no field's meaning.
using System.Collections.Immutable;
using System.Text.Json;
using Majlis.Text;

namespace Majlis.Model.Adapters;

sealed class AdapterFields(JsonElement root, string place)
{
    readonly HashSet<string> seen = [];

    /// <summary>Whether the field is present, even as null.</summary>
    public bool Has(string name) => root.TryGetProperty(name, out _);

    public JsonElement? Find(string name)
    {
        seen.Add(name);
        return root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    /// <summary>A whole number above 0; null counts as absent.</summary>
    public int Size(string name, int absent) => Find(name) is { } value ? Size(name, value)
        : Has(name) ? throw Wrong(name, "null", "a whole number above 0") : absent;

    public double Number(string name, double absent) => Find(name) is { } value ? Number(name, value)
        : Has(name) ? throw Wrong(name, "null", "a number") : absent;

    /// <summary>False if absent or null.</summary>
    public bool Flag(string name) => Find(name) is { } value && (value.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? value.GetBoolean() : throw Wrong(name, value, "true or false"));

    public string? Text(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(name, value, "text");

    public void Object(string name)
    {
        if (Find(name) is { ValueKind: not JsonValueKind.Object } value) throw Wrong(name, value, "an object");
    }

    public ImmutableArray<string>? Texts(string name, string expected = "a list of names") => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
        ? [.. value.EnumerateArray().Select(item => item.GetString()!)] : throw Wrong(name, value, expected);

    /// <summary>A list of names, or a text, which is a pattern.</summary>
    public ModuleNames? Names(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? ModuleNames.OfPattern(value.GetString()!, $"{place}: {name}")
        : ModuleNames.Of(Texts(name, "a list of names, or a pattern")!.Value);

    /// <summary>One layer, or a list of them.</summary>
    public ImmutableArray<int>? Layers(string name)
    {
        if (Find(name) is not { } value) return null;
        var items = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value];
        return [.. items.Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var layer) && layer >= 0 ? layer
            : throw Wrong(name, value, "a layer's number, or a list of them"))];
    }

    /// <summary>Patterns of module names, each with a value, in the file's order.</summary>
    public ImmutableArray<(ModuleNames Modules, T Value)> Patterns<T>(string name, Func<string, JsonElement, T> read) =>
        Find(name) is not { } value ? []
        : value.ValueKind != JsonValueKind.Object ? throw Wrong(name, value, "an object of patterns and numbers")
        : [.. value.EnumerateObject().Select(entry => (ModuleNames.OfSuffix(entry.Name, $"{place}: {name}"),
            read($"{name} '{entry.Name}'", entry.Value)))];

    public int Size(string name, JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var size)
        && size is >= 1 and <= 1 << 20 ? size : throw Wrong(name, value, "a whole number above 0");

    public double Number(string name, JsonElement value) => value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number
        && double.IsFinite(number) ? number : throw Wrong(name, value, "a number");

    /// <summary>An unsupported feature of peft: it must be off, that is absent, null, false or empty.</summary>
    public void Off(string name)
    {
        if (Find(name) is { } value && value.GetRawText() is not ("false" or "[]" or "{}"))
            throw new ModelFormatException($"{place}: {name} is {Short(value)}, which is not supported");
    }

    public void Done()
    {
        foreach (var field in root.EnumerateObject())
            if (field.Value.ValueKind != JsonValueKind.Null && !seen.Contains(field.Name))
                throw new ModelFormatException(
                    $"{place}: {field.Name} is {Short(field.Value)}; the field is not known and may change the result");
    }

    public ModelFormatException Wrong(string name, JsonElement value, string expected) => Wrong(name, Short(value), expected);

    ModelFormatException Wrong(string name, string value, string expected) => new($"{place}: {name} is {value}, expected {expected}");

    static string Short(JsonElement value) => value.GetRawText() is { Length: <= 60 } text ? text : value.GetRawText()[..60] + "...";
}

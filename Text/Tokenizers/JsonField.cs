// A value in a JSON file together with its path, so that every error can name the file and the field.
using System.Text.Json;

namespace Majlis.Text.Tokenizers;

/// <summary>A value at <paramref name="Path"/> of <paramref name="File"/>. Its readers throw if it has another type.</summary>
readonly record struct JsonField(string File, string Path, JsonElement Value)
{
    public bool IsObject => Value.ValueKind == JsonValueKind.Object;

    public JsonField Field(string name) => Find(name) ?? throw Wrong($"lacks \"{name}\"");

    /// <summary>The field, or null if it is absent or null.</summary>
    public JsonField? Find(string name)
    {
        Expect(JsonValueKind.Object, "an object");
        return Value.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? new JsonField(File, Path.Length == 0 ? name : $"{Path}.{name}", value) : null;
    }

    public string Text()
    {
        Expect(JsonValueKind.String, "a string");
        return Value.GetString()!;
    }

    public bool Flag() => Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong($"expected true or false, found {Found}"),
    };

    /// <summary>A whole number from 0 to <paramref name="limit"/>, exclusive.</summary>
    public int Count(int limit)
    {
        Expect(JsonValueKind.Number, "a number");
        return Value.TryGetInt32(out var number) && number >= 0 && number < limit ? number
            : throw Wrong($"expected a whole number from 0 to {limit - 1}, found {Value.GetRawText()}");
    }

    public double Number()
    {
        Expect(JsonValueKind.Number, "a number");
        return Value.GetDouble();
    }

    public IEnumerable<JsonField> Items()
    {
        Expect(JsonValueKind.Array, "a list");
        var index = 0;
        foreach (var item in Value.EnumerateArray()) yield return new JsonField(File, $"{Path}[{index++}]", item);
    }

    public bool FlagOr(string name, bool otherwise) => Find(name)?.Flag() ?? otherwise;

    public string? TextOrNull(string name) => Find(name)?.Text();

    public ModelFormatException Wrong(string what) => new($"{File}: {(Path.Length == 0 ? "the top level" : Path)} {what}.");

    public ModelFormatException Unknown(string what, string kind) =>
        Wrong($"is of type \"{kind}\", which is not {what} that this tokenizer knows");

    void Expect(JsonValueKind kind, string what)
    {
        if (Value.ValueKind != kind) throw Wrong($"expected {what}, found {Found}");
    }

    string Found => Value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}

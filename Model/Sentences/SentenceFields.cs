// The fields of one of sentence-transformers' small JSON files; every message names the file and the field. Knows no field's meaning.
using System.Text.Json;
using Majlis.Text;

namespace Majlis.Model.Sentences;

readonly struct SentenceFields(string path, JsonElement root)
{
    const int Largest = 1 << 28;

    public JsonElement? Find(string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value : null;

    public string? Text(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(name, "a string");

    public bool Flag(string name, bool absent) => Find(name) is not { } value ? absent
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(name, "true or false");

    public int Count(string name) => CountOrNull(name) ?? throw Wrong(name, "a positive number");

    public int? CountOrNull(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count is > 0 and <= Largest ? count
        : throw Wrong(name, "a positive number");

    public ModelFormatException Wrong(string name, string expected) =>
        new($"{path}: field '{name}' is {(Find(name) is { } value ? value.GetRawText() : "missing")}, expected {expected}.");
}

// JSON of requests, checked completely when it is parsed: duplicate names, depth and invalid Unicode are found at once, not when a value is
// read. Knows no field.
using System.Text.Json;
using System.Text.Unicode;

namespace Majlis.Server.Wire;

static class StrictJson
{
    public static JsonDocumentOptions Options { get; } = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>Whether a quick scan of the bytes proves that all strings are valid Unicode; most bodies need no second scan.</summary>
    public static bool IsReadable(ReadOnlySpan<byte> json) =>
        Utf8.IsValid(json) && json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0;

    /// <summary>
    /// The path of the first string with invalid Unicode, or of the object with such a name; null where there is none. The parser accepts
    /// both, and reading them throws.
    /// </summary>
    public static string? Unreadable(JsonElement value) => Within(value)?.TrimStart('.');

    static string? Within(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String) return Read(() => value.GetString()) is null ? "" : null;
        if (value.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in value.EnumerateArray())
                if (Within(item) is { } path) return $"[{index}]{path}";
                else index++;
        }
        if (value.ValueKind == JsonValueKind.Object)
            foreach (var field in value.EnumerateObject())
                if (Read(() => field.Name) is not { } name) return "";
                else if (Within(field.Value) is { } path) return $".{name}{path}";
        return null;
    }

    static string? Read(Func<string?> text)
    {
        try
        {
            return text();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

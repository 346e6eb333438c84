// An argument's value that stands between tags, as JSON. Knows no tag.
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Majlis.Text.Chat.ToolCalls;

static class TaggedValue
{
    static readonly JsonSerializerOptions plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="isText">The value is a text, whatever it looks like; else it is one only where it is neither JSON nor Python.</param>
    public static string Json(string value, bool isText) =>
        isText ? Quoted(value) : Parsed(value) ?? PythonArguments.Value(value) ?? Quoted(value);

    public static string Quoted(string text) => JsonValue.Create(text).ToJsonString(plain);

    /// <summary>A value without one line's end before and one after it.</summary>
    public static string WithinLines(string written)
    {
        var start = written.StartsWith('\n') ? 1 : 0;
        return written[start..(written.Length > start && written.EndsWith('\n') ? written.Length - 1 : written.Length)];
    }

    static string? Parsed(string value)
    {
        try
        {
            using var parsed = JsonDocument.Parse(value);
            return value.Trim();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

// Writes a file of JSON lines whole or not at all. Knows no tasks.
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Majlis.recipes.starter.Rows;

public static class JsonLines
{
    /// <summary>Names as in OpenAI's API; Arabic stays readable.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>A kill in the middle leaves no file of this name.</summary>
    public static void Write<T>(string path, IEnumerable<T> rows)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        using (var file = new StreamWriter(path + ".part"))
            foreach (var row in rows) file.Write(JsonSerializer.Serialize(row, Options) + "\n");
        File.Move(path + ".part", path, overwrite: true);
    }
}

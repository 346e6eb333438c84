// One JSON file of a catalogue: read whole, or refused with a clear message. Knows no folder of versions.
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Majlis.Text;

namespace Majlis.Model.Catalog;

static class CatalogFile
{
    /// <summary>Null if there is no such file.</summary>
    /// <exception cref="ModelFormatException">It is not a file, cannot be read, or is damaged.</exception>
    public static T? TryRead<T>(string path, JsonTypeInfo<T> type) where T : class
    {
        if (Directory.Exists(path)) throw new ModelFormatException($"{path}: a folder is in the place of the file.");
        try
        {
            var bytes = File.ReadAllBytes(path);
            if (bytes.Length == 0) throw new ModelFormatException($"{path}: the file is empty.");
            return JsonSerializer.Deserialize(bytes, type) ?? throw new ModelFormatException($"{path}: the file holds null.");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException damage)
        {
            throw new ModelFormatException($"{path}: {JsonDamage.Of(damage)}.", damage);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException($"{path}: {error.Message}", error);
        }
    }
}

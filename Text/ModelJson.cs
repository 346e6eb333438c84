// JSON files of a model folder, read strictly: duplicates and malformed text are errors that name the file.
using System.Text.Json;

namespace Majlis.Text;

public static class ModelJson
{
    /// <summary>Far above the size of any real model's config, index or tokenizer.</summary>
    const long MostBytes = 512L << 20;

    static readonly JsonDocumentOptions strict = new() { AllowDuplicateProperties = false };

    /// <exception cref="ModelFormatException">Missing, not UTF-8 JSON, or a property that occurs twice.</exception>
    public static JsonDocument Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            if (stream.Length > MostBytes)
                throw new ModelFormatException($"{path}: {stream.Length} bytes are too many for a JSON file of a model.");
            return JsonDocument.Parse(stream, strict);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelFormatException($"{path}: there is no such file.", error);
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

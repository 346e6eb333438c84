// Reads and writes a stage's options as JSON, names in snake case. What it does not know, or finds twice, is an error. Knows no option.
using System.Text.Json;
using System.Text.Json.Serialization;
using Majlis.Text;

namespace Majlis.Trainer;

static class StageRecipe
{
    static readonly JsonSerializerOptions form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
        WriteIndented = true,
    };

    /// <param name="path">Of the recipe.</param>
    /// <param name="problems">What is wrong with the options, each line beginning with a field's name.</param>
    /// <exception cref="ModelFormatException">All that is wrong with the file, a line each.</exception>
    public static T Read<T>(string path, Func<T, IEnumerable<string>> problems) where T : class
    {
        try
        {
            var options = JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), form)
                ?? throw new ModelFormatException($"{path}: expected a JSON object.");
            var wrong = problems(options).ToArray();
            return wrong.Length == 0 ? options
                : throw new ModelFormatException(string.Join('\n', wrong.Select(problem => $"{path}: {problem}")));
        }
        catch (JsonException damage)
        {
            throw new ModelFormatException($"{path}: {JsonDamage.Of(damage)}", damage);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException($"{path}: {error.Message}", error);
        }
    }

    public static string Write<T>(T options) => JsonSerializer.Serialize(options, form);
}

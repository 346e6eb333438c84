// White space in JSON that a model writes. Knows no grammar.
namespace Majlis.Inference.Grammars.Json;

/// <param name="MostSpace">
/// The most characters of white space in a row, between the brackets, commas, colons and values; null is without limit.
/// </param>
public readonly record struct JsonLayout(int? MostSpace)
{
    /// <summary>No white space.</summary>
    public static JsonLayout Compact { get; } = new(0);

    /// <summary>Enough for indented text; a model that goes on with nothing but white space ends somewhere.</summary>
    public static JsonLayout Indented { get; } = new(64);
}

// White space in JSON that a model writes, and whether it is JSON or Python. Knows no grammar.
namespace Majlis.Inference.Grammars.Json;

/// <param name="MostSpace">
/// The most characters of white space in a row, between the brackets, commas, colons and values; null is without limit.
/// </param>
/// <param name="InPython">Values are Python's literals.</param>
public readonly record struct JsonLayout(int? MostSpace, bool InPython = false)
{
    /// <summary>No white space.</summary>
    public static JsonLayout Compact { get; } = new(0);

    /// <summary>Enough for indented text; a model that goes on with nothing but white space ends somewhere.</summary>
    public static JsonLayout Indented { get; } = new(64);
}

// White space in JSON that a model writes, and whether it is JSON or another language's values. Knows no grammar.
namespace Majlis.Inference.Grammars.Json;

/// <param name="MostSpace">
/// The most characters of white space in a row, between the brackets, commas, colons and values; null is without limit.
/// </param>
/// <param name="Language">How values are written.</param>
public readonly record struct JsonLayout(int? MostSpace, ValueLanguage Language = ValueLanguage.Json)
{
    /// <summary>No white space.</summary>
    public static JsonLayout Compact { get; } = new(0);

    /// <summary>Enough for indented text; a model that goes on with nothing but white space ends somewhere.</summary>
    public static JsonLayout Indented { get; } = new(64);
}

public enum ValueLanguage
{
    Json,

    /// <summary>Python's literals.</summary>
    Python,

    /// <summary>Names without quotes, texts as they are between Gemma 4's marks.</summary>
    Gemma,
}

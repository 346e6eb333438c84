// White space in JSON that a model writes, and whether it is JSON or another language's values. Knows no grammar.
namespace Majlis.Inference.Grammars.Json;

/// <param name="MostIndent">
/// Between the brackets, commas, colons and values stands nothing, one blank, or a new line with at most so many blanks or tabs, and before
/// commas and colons no new line; 0 is no white space at all, null is as much as JSON allows.
/// </param>
/// <param name="Language">How values are written.</param>
public readonly record struct JsonLayout(int? MostIndent, ValueLanguage Language = ValueLanguage.Json)
{
    /// <summary>No white space.</summary>
    public static JsonLayout Compact { get; } = new(0);

    /// <summary>What people and programs write. A small model that may go on with white space does, until its answer is cut off.</summary>
    public static JsonLayout Indented { get; } = new(32);
}

public enum ValueLanguage
{
    Json,

    /// <summary>Python's literals.</summary>
    Python,

    /// <summary>Names without quotes, texts as they are between Gemma 4's marks.</summary>
    Gemma,
}

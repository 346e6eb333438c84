// The pattern of a splitter or a replacement: a regular expression, a fixed text, or one character that a predicate accepts.
namespace Majlis.Text.Tokenizers.Patterns;

abstract class TextPattern
{
    /// <summary>The leftmost match that starts at <paramref name="from"/> or later.</summary>
    public abstract bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end);

    /// <summary>Reads {"String": ...} or {"Regex": ...}, the forms of tokenizer.json.</summary>
    public static TextPattern Read(JsonField field)
    {
        if (field.TextOrNull("String") is { } fixedText)
            return fixedText.Length > 0 ? new FixedPattern(fixedText) : throw field.Wrong("looks for an empty string");
        var regex = field.Field("Regex").Text();
        try
        {
            return new RegexPattern(regex);
        }
        catch (ModelFormatException refused)
        {
            throw new ModelFormatException($"{field.File}: {field.Path}: {refused.Message}", refused);
        }
    }
}

sealed class RegexPattern(string pattern) : TextPattern
{
    readonly CodePointPattern regex = new(pattern);

    public override bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end) =>
        regex.TryFind(text, from, out start, out end);
}

sealed class FixedPattern(string wanted) : TextPattern
{
    /// <summary>The one character it matches, if it is one.</summary>
    public bool IsOneCharacter => wanted.Length == CodePoints.Size(CodePoints.At(wanted, 0));

    public override bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        start = from + text[from..].IndexOf(wanted, StringComparison.Ordinal);
        end = start + wanted.Length;
        return start >= from;
    }
}

/// <summary>One code point that the predicate accepts.</summary>
sealed class SortPattern(Func<int, bool> predicate) : TextPattern
{
    public override bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        for (start = from; start < text.Length; start = end)
        {
            var codePoint = CodePoints.At(text, start);
            end = start + CodePoints.Size(codePoint);
            if (predicate(codePoint)) return true;
        }
        (start, end) = (-1, -1);
        return false;
    }
}

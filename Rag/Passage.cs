// A part of a file that can be found and cited. Knows no index.
namespace Majlis.Rag;

/// <param name="Id">The file's path within its folder, a number sign, and the passage's place in it, from 1: <c>law/rent.md#3</c>.</param>
/// <param name="Title">The file's first Markdown heading, else its name.</param>
/// <param name="File">The file's path within its folder, with forward slashes.</param>
/// <param name="Start">Where the text begins in the file, in UTF-16 units after the byte order mark.</param>
public sealed record Passage(string Id, string Title, string Text, string File, int Start)
{
    /// <summary>Where the text ends in the file, exclusive.</summary>
    public int End => Start + Text.Length;
}

/// <param name="Score">BM25; comparable only within one search.</param>
public sealed record FoundPassage(Passage Passage, double Score);

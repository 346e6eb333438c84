// A text's tokens with their places in it.
using System.Collections.Immutable;

namespace Majlis.Text.Tokenizers;

/// <summary>
/// Ids, segment ids, and offsets, each one a token. Offsets count Unicode code points of the original text, end exclusive; a character
/// cut into several tokens gives each of them its whole range, and tokens that were added around the text have (0, 0).
/// </summary>
public sealed record TokenizedText(ImmutableArray<int> Ids, ImmutableArray<int> TypeIds, ImmutableArray<(int Start, int End)> Offsets);

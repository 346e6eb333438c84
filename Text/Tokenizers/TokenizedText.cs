// A text's tokens with their positions in it.
using System.Collections.Immutable;

namespace Majlis.Text.Tokenizers;

/// <summary>
/// Ids, segment ids and offsets, one of each a token. Offsets count Unicode code points of the original text, end exclusive; a
/// character split into several tokens gives each its whole range; tokens added around the text have (0, 0).
/// </summary>
public sealed record TokenizedText(ImmutableArray<int> Ids, ImmutableArray<int> TypeIds, ImmutableArray<(int Start, int End)> Offsets);

// Byte-pair encoding as Hugging Face's tokenizers defines it: byte-level or with byte fallback, unknowns fused or not.
// LibraryBytePairModel does the work if merges alone decide.
using System.Buffers;
using System.Globalization;
using System.Text;

namespace Majlis.Text.Tokenizers.Models;

sealed class BytePairModel : TokenModel
{
    // UTF-8 bytes of a UTF-16 unit at most.
    const int Plain = 3;

    readonly Vocabulary vocabulary;
    readonly MergeTable merges;
    readonly ModelDefinition definition;
    readonly WordCache cache = new();
    readonly int[] unitIds;
    readonly int[]? byteIds;
    readonly int unknown;
    // The most tokens of one UTF-16 unit.
    readonly int spread;

    public BytePairModel(ModelDefinition definition, int unknown)
    {
        (this.definition, this.unknown) = (definition, unknown);
        vocabulary = definition.Vocabulary;
        merges = definition.Merges;
        unitIds = SingleUnits(vocabulary);
        byteIds = definition.ByteFallback ? ByteTokens(vocabulary) : null;
        spread = byteIds is null ? 1 : Plain + Encoding.UTF8.GetByteCount(definition.ContinuingPrefix + definition.EndOfWordSuffix);
    }

    public override void Tokenize(TextSlice slice, TokenSink sink)
    {
        var text = slice.Text;
        if (definition.IgnoreMerges && vocabulary.TryGetId(text, out var whole)) sink.Add(whole, slice, 0, text.Length);
        else if (text.Length <= WordCache.MaxLength && spread <= Plain) TokenizeCached(slice, sink);
        else TokenizeLong(slice, sink);
    }

    /// <summary>Whether this UTF-16 unit alone is a token.</summary>
    public bool IsLetter(char unit) => unit < unitIds.Length && unitIds[unit] >= 0;

    void TokenizeCached(TextSlice slice, TokenSink sink)
    {
        var known = cache.Find(slice.Text, out var slot);
        if (known is null)
        {
            const int capacity = WordCache.MaxLength * Plain;
            var symbols = new Symbols(stackalloc int[capacity], stackalloc int[capacity], stackalloc int[capacity]);
            Split(slice.Text, ref symbols);
            BytePairMerger.MergeShort(ref symbols, merges);
            known = symbols.ToCached(slice.Text);
            cache.Store(slot, known);
        }
        known.AddTo(sink, slice);
    }

    void TokenizeLong(TextSlice slice, TokenSink sink)
    {
        var capacity = slice.Text.Length * spread;
        var buffer = ArrayPool<int>.Shared.Rent(capacity * 3);
        var symbols = new Symbols(buffer.AsSpan(0, capacity), buffer.AsSpan(capacity, capacity), buffer.AsSpan(2 * capacity, capacity));
        Split(slice.Text, ref symbols);
        BytePairMerger.MergeLong(ref symbols, merges);
        for (var i = 0; i < symbols.Count; i++) sink.Add(symbols.Ids[i], slice, symbols.Starts[i], symbols.Ends[i]);
        ArrayPool<int>.Shared.Return(buffer);
    }

    /// <summary>The slice's characters as tokens, before any merge.</summary>
    void Split(ReadOnlySpan<char> text, ref Symbols symbols)
    {
        var (unknownStart, unknownEnd) = (-1, -1);
        var forgotten = false;
        for (var i = 0; i < text.Length;)
        {
            var end = i + CodePoints.Size(CodePoints.At(text, i));
            var id = IdOf(text, i, end);
            if (id >= 0 || unknownStart >= 0 && !definition.FuseUnknown)
            {
                if (unknownStart >= 0) symbols.Add(unknown, unknownStart, unknownEnd);
                unknownStart = -1;
            }
            if (id >= 0) symbols.Add(id, i, end);
            else if (!TrySplitBytes(text, i, end, ref symbols))
            {
                forgotten |= unknown < 0;
                if (!forgotten) (unknownStart, unknownEnd) = (unknownStart < 0 ? i : unknownStart, end);
            }
            i = end;
        }
        if (unknownStart >= 0) symbols.Add(unknown, unknownStart, unknownEnd);
        if (forgotten && byteIds is null) CloseUp(text, ref symbols);
    }

    /// <summary>
    /// Without an unknown token the Rust library drops a character that has no token, and computes the byte ranges of all tokens as if
    /// that character had not been there.
    /// </summary>
    static void CloseUp(ReadOnlySpan<char> text, ref Symbols symbols)
    {
        var (at, end, bytes) = (0, 0, 0);
        for (var i = 0; i < symbols.Count; i++)
        {
            var until = end + Encoding.UTF8.GetByteCount(text[symbols.Starts[i]..symbols.Ends[i]]);
            MoveTo(text, end, ref at, ref bytes);
            symbols.Starts[i] = at;
            MoveTo(text, until - 1, ref at, ref bytes);
            symbols.Ends[i] = at + CodePoints.Size(CodePoints.At(text, at));
            end = until;
        }
    }

    // Maps a byte position to its character.
    static void MoveTo(ReadOnlySpan<char> text, int place, ref int at, ref int bytes)
    {
        while (true)
        {
            var rune = new Rune(CodePoints.At(text, at));
            if (bytes + rune.Utf8SequenceLength > place) return;
            bytes += rune.Utf8SequenceLength;
            at += rune.Utf16SequenceLength;
        }
    }

    int IdOf(ReadOnlySpan<char> text, int start, int end)
    {
        if (definition.ContinuingPrefix is not null || definition.EndOfWordSuffix is not null)
            return vocabulary.Id(Marked(text, start, end)) ?? -1;
        return end - start == 1 ? IsLetter(text[start]) ? unitIds[text[start]] : -1 : vocabulary.Id(text[start..end]) ?? -1;
    }

    /// <summary>A character with what marks its place in a word.</summary>
    string Marked(ReadOnlySpan<char> text, int start, int end) => string.Concat(
        start > 0 ? definition.ContinuingPrefix : null, text[start..end], end == text.Length ? definition.EndOfWordSuffix : null);

    // As in the Rust library, the bytes of the marks are spelt out, too.
    bool TrySplitBytes(ReadOnlySpan<char> text, int start, int end, ref Symbols symbols)
    {
        if (byteIds is null) return false;
        var bytes = Encoding.UTF8.GetBytes(Marked(text, start, end));
        if (bytes.Any(value => byteIds[value] < 0)) return false;
        foreach (var value in bytes) symbols.Add(byteIds[value], start, end);
        return true;
    }

    /// <summary>Ids of the tokens that are one UTF-16 unit, by that unit; -1 if there is none.</summary>
    static int[] SingleUnits(Vocabulary vocabulary)
    {
        var highest = -1;
        foreach (var (token, _) in vocabulary.Entries)
            if (token.Length == 1) highest = Math.Max(highest, token[0]);
        var units = new int[highest + 1];
        Array.Fill(units, -1);
        foreach (var (token, id) in vocabulary.Entries)
            if (token.Length == 1) units[token[0]] = id;
        return units;
    }

    static int[] ByteTokens(Vocabulary vocabulary) =>
        [.. Enumerable.Range(0, 256).Select(value => vocabulary.Id(string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>")) ?? -1)];
}

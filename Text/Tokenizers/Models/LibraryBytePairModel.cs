// Byte-pair encoding by Microsoft.ML.Tokenizers, for the vocabularies and (short) words for which it is exact. BytePairModel, its
// oracle, encodes the rest: the library lacks byte fallback, ignore_merges, affixes and unknown characters, or differs from Hugging Face.
using Microsoft.ML.Tokenizers;

namespace Majlis.Text.Tokenizers.Models;

sealed class LibraryBytePairModel(ModelDefinition definition, BytePairModel own) : TokenModel
{
    readonly Vocabulary vocabulary = definition.Vocabulary;
    readonly WordCache cache = new();

    // The library sorts its merges in the background: opening a model need not wait, and the first text usually comes later.
    readonly Task<BpeTokenizer> merger = Task.Run(() => BpeTokenizer.Create(new BpeOptions(
        definition.Vocabulary.Entries.Select(entry => KeyValuePair.Create(entry.Token, entry.Id)))
    {
        Merges = definition.MergeList.Select(pair => $"{definition.Vocabulary.Token(pair.Left)} {definition.Vocabulary.Token(pair.Right)}"),
    }));

    /// <summary>Whether the merges alone decide a word's tokens, if each of its letters is a token.</summary>
    public static bool Fits(ModelDefinition definition) =>
        definition is { ByteFallback: false, IgnoreMerges: false, ContinuingPrefix: null, EndOfWordSuffix: null }
        && definition.MergeList.Length == definition.Merges.Count
        && definition.MergeList.All(pair => IsWord(definition, pair.Left) && IsWord(definition, pair.Right));

    // The library splits a merge's two tokens at a space, and maps a token to one id.
    static bool IsWord(ModelDefinition definition, int id) =>
        definition.Vocabulary.Token(id) is { } token && !token.Contains(' ') && definition.Vocabulary.Id(token) == id;

    public override void Tokenize(TextSlice slice, TokenSink sink)
    {
        if (IsExact(slice.Text)) Cached(slice.Text).AddTo(sink, slice);
        else own.Tokenize(slice, sink);
    }

    // The library takes quadratic time on long words.
    bool IsExact(ReadOnlySpan<char> text)
    {
        if (text.Length > WordCache.MaxLength) return false;
        foreach (var unit in text)
            if (!own.IsLetter(unit)) return false;
        return true;
    }

    CachedWord Cached(ReadOnlySpan<char> text)
    {
        if (cache.Find(text, out var slot) is { } known) return known;
        var ids = merger.GetAwaiter().GetResult().EncodeToIds(text, considerPreTokenization: false, considerNormalization: false);
        var (bounds, at) = (new byte[2 * ids.Count], 0);
        for (var i = 0; i < ids.Count; i++)
        {
            bounds[2 * i] = (byte)at;
            bounds[2 * i + 1] = (byte)(at += vocabulary.Token(ids[i])!.Length); // every letter was a token
        }
        var fresh = new CachedWord(text.ToString(), [.. ids], bounds);
        cache.Store(slot, fresh);
        return fresh;
    }
}

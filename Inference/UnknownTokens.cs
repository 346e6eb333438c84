// Ids that a network has no logit for. None of them is ever drawn, so what is asked about them holds by itself: they are taken out before
// anything is indexed by them. Knows nothing of where options come from.
using System.Collections.Immutable;

namespace Majlis.Inference;

/// <summary>The ids of some options that lie outside a vocabulary.</summary>
public static class UnknownTokens
{
    /// <summary>How many ids a sentence names.</summary>
    const int Named = 5;

    /// <summary>Each field with its unknown ids, as a part of a sentence; null where every id has a logit.</summary>
    public static string? Describe(SamplingOptions options, int vocabularySize)
    {
        (string Field, IEnumerable<int> Ids)[] fields =
        [
            ("logit_bias", options.LogitBias.Keys), ("stop_token_ids", options.StopTokenIds), ("allowed_token_ids", options.AllowedTokenIds),
            ("bad_words", options.BadWords.SelectMany(word => word)),
        ];
        var unknown = fields.Select(field => (field.Field, Ids: field.Ids.Where(id => !Has(id, vocabularySize)).ToArray()))
            .Where(field => field.Ids.Length > 0).Select(field => $"{field.Field} {Some(field.Ids)}").ToArray();
        return unknown.Length == 0 ? null : string.Join("; ", unknown);
    }

    /// <summary>The same options without them; a bad word that holds one can never be completed.</summary>
    internal static SamplingOptions Drop(SamplingOptions options, int vocabularySize) => Describe(options, vocabularySize) is null ? options
        : options with
        {
            LogitBias = options.LogitBias.RemoveRange(options.LogitBias.Keys.Where(id => !Has(id, vocabularySize))),
            StopTokenIds = [.. options.StopTokenIds.Where(id => Has(id, vocabularySize))],
            AllowedTokenIds = [.. options.AllowedTokenIds.Where(id => Has(id, vocabularySize))],
            BadWords = [.. options.BadWords.Where(word => word.All(id => Has(id, vocabularySize)))],
        };

    internal static bool Has(int id, int vocabularySize) => id >= 0 && id < vocabularySize;

    static string Some(int[] ids) =>
        string.Join(", ", ids.Take(Named)) + (ids.Length > Named ? $" and {ids.Length - Named} more" : "");
}

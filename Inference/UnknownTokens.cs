// Token ids without a logit. They are never drawn, so options about them have no effect and are dropped before anything is indexed by them.
// Knows nothing of the options' source.
using System.Collections.Immutable;

namespace Majlis.Inference;

/// <summary>The ids of some options that lie outside a vocabulary.</summary>
public static class UnknownTokens
{
    /// <summary>The most ids that a message lists.</summary>
    const int Named = 5;

    /// <summary>Each field with its unknown ids, as part of a sentence; null where every id has a logit.</summary>
    public static string? Describe(SamplingOptions options, int vocabularySize)
    {
        (string Field, IEnumerable<int> Ids)[] fields =
        [
            ("logit_bias", options.LogitBias.Keys), ("stop_token_ids", options.StopTokenIds),
            ("allowed_token_ids", options.AllowedTokenIds),
            ("bad_words", options.BadWords.SelectMany(word => word)),
        ];
        var unknown = fields.Select(field => (field.Field, Ids: field.Ids.Where(id => !Has(id, vocabularySize)).ToArray()))
            .Where(field => field.Ids.Length > 0).Select(field => $"{field.Field} {Some(field.Ids)}").ToArray();
        return unknown.Length == 0 ? null : string.Join("; ", unknown);
    }

    /// <summary>The same options without unknown ids; a bad word that contains one can never be completed.</summary>
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

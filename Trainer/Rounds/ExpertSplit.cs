// Splits pairs among experts. Pure. Knows languages and tags as words only.
using System.Collections.Immutable;
using Majlis.Feedback.Pairs;

namespace Majlis.Trainer.Rounds;

/// <summary>An expert's name and the ids of its pairs.</summary>
public sealed record Expert(string Name, ImmutableArray<string> Pairs);

public static class ExpertSplit
{
    public const string ByLanguage = "language";
    public const string TagPrefix = "tag:";

    /// <summary>No split: one expert learns from everything.</summary>
    public const string None = "all";

    public static bool IsRule(string rule) => rule is ByLanguage or None
        || (rule.StartsWith(TagPrefix, StringComparison.Ordinal) && rule.Length > TagPrefix.Length);

    /// <summary>Splits by rule; groups with fewer than <paramref name="least"/> pairs join the largest, so no pair is lost.</summary>
    public static ImmutableArray<Expert> Of(IEnumerable<PreferencePair> pairs, string rule, int least)
    {
        if (!IsRule(rule)) throw new ArgumentException($"experts '{rule}': expected {ByLanguage}, {TagPrefix}NAME or {None}", nameof(rule));
        var groups = pairs.GroupBy(pair => Name(pair, rule)).OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (group.Key, Ids: group.Select(pair => pair.Id).ToList())).ToList();
        if (groups.Count == 0) return [];
        foreach (var small in groups.Skip(1).Where(group => group.Ids.Count < least).ToArray())
        {
            groups[0].Ids.AddRange(small.Ids);
            groups.Remove(small);
        }
        return [.. groups.OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new Expert(group.Key, [.. group.Ids]))];
    }

    static string Name(PreferencePair pair, string rule) => rule == None ? None : rule == ByLanguage ? pair.Language
        : pair.Tags.Contains(rule[TagPrefix.Length..]) ? rule[TagPrefix.Length..] : "other";
}

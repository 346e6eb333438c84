// Splits pairs among experts. Pure. Knows languages and tags as words only.
using System.Collections.Immutable;
using Majlis.Feedback.Pairs;

namespace Majlis.Trainer.Rounds;

/// <summary>An expert's name and the ids of its pairs.</summary>
public sealed record Expert(string Name, ImmutableArray<string> Pairs)
{
    /// <summary>Ids of its bad answers.</summary>
    public ImmutableArray<string> Bad { get; init; } = [];
}

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

    /// <summary>Gives each bad answer to its expert; one whose group has none goes to the expert with the most pairs.</summary>
    public static ImmutableArray<Expert> WithBad(ImmutableArray<Expert> experts, IEnumerable<BadAnswer> bad, string rule)
    {
        if (experts.Length == 0) return experts;
        var largest = experts.MaxBy(expert => expert.Pairs.Length)!.Name;
        var own = bad.ToLookup(answer => Name(answer.Language, answer.Tags, rule) is var name && experts.Any(expert => expert.Name == name)
            ? name : largest, answer => answer.Id);
        return [.. experts.Select(expert => expert with { Bad = [.. own[expert.Name]] })];
    }

    static string Name(PreferencePair pair, string rule) => Name(pair.Language, pair.Tags, rule);

    static string Name(string language, ImmutableArray<string> tags, string rule) => rule == None ? None : rule == ByLanguage ? language
        : tags.Contains(rule[TagPrefix.Length..]) ? rule[TagPrefix.Length..] : "other";
}

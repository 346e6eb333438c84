// How much each expert counts in the merge: all the same, by the number of their pairs, by given importance, or searched for. Pure.
using System.Collections.Immutable;
using System.Globalization;

namespace Majlis.Trainer.Rounds;

public static class ExpertWeights
{
    public const string Equal = "equal";

    /// <summary>By the number of pairs an expert was trained on.</summary>
    public const string Size = "size";

    /// <summary>The best of <see cref="Candidates"/>, by a task.</summary>
    public const string Search = "search";

    /// <summary>What is wrong with a rule, or null.</summary>
    public static string? Problem(string rule) => rule is Equal or Size or Search || Importance(rule) is not null ? null
        : $"'{rule}' is not {Equal}, {Size}, {Search} or NAME=NUMBER,NAME=NUMBER with numbers above 0.";

    /// <summary>One weight for each expert, which sum to 1. Experts that a list of importances does not name count 1.</summary>
    public static ImmutableArray<double> Of(string rule, IReadOnlyList<Expert> experts)
    {
        var importance = rule is Equal or Size ? null : Importance(rule) ?? throw new ArgumentException(Problem(rule), nameof(rule));
        return Shares(experts.Select(expert => rule == Size ? expert.Pairs.Length : importance?.GetValueOrDefault(expert.Name, 1) ?? 1));
    }

    /// <summary>The weightings that a search tries: equal ones first, by size, and each expert at twice the others' weight.</summary>
    public static ImmutableArray<ImmutableArray<double>> Candidates(IReadOnlyList<Expert> experts)
    {
        var tried = new List<ImmutableArray<double>> { Of(Equal, experts), Of(Size, experts) };
        tried.AddRange(experts.Select((_, first) => Shares(experts.Select((_, expert) => expert == first ? 2.0 : 1))));
        return [.. tried.Where((weights, i) => !tried.Take(i).Any(earlier => earlier.SequenceEqual(weights)))];
    }

    static ImmutableArray<double> Shares(IEnumerable<double> weights)
    {
        double[] all = [.. weights];
        return [.. all.Select(weight => weight / all.Sum())];
    }

    static Dictionary<string, double>? Importance(string rule)
    {
        var named = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var part in rule.Split(','))
            if (part.LastIndexOf('=') is not (> 0 and var at) || !double.TryParse(part[(at + 1)..], NumberStyles.Float,
                CultureInfo.InvariantCulture, out var weight) || !double.IsFinite(weight) || weight <= 0
                || !named.TryAdd(part[..at].Trim(), weight)) return null;
        return named;
    }
}

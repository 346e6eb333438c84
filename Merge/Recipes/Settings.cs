// A merge's parameters: a number, a gradient over depth, or values chosen by a filter on the tensor's name.
// Knows mergekit's rules of lookup, not what a parameter means.
using System.Collections.Immutable;

namespace Majlis.Merge.Recipes;

/// <summary>Named parameters of one level (model, slice or recipe).</summary>
public sealed record Settings(ImmutableDictionary<string, ImmutableArray<FilteredSetting>> Values)
{
    public static Settings None { get; } = new(ImmutableDictionary<string, ImmutableArray<FilteredSetting>>.Empty);

    /// <summary>The value for a tensor at depth <paramref name="depth"/> in 0..1, or null when this level has none for it.</summary>
    public double? Find(string parameter, string tensor, double depth)
    {
        if (!Values.TryGetValue(parameter, out var entries)) return null;
        foreach (var entry in entries)
            if (entry.Matches(tensor)) return entry.At(depth);
        return null;
    }

    /// <summary>These, where <paramref name="nearer"/> has no value for a tensor.</summary>
    public Settings Under(Settings nearer) => new(Values.SetItems(nearer.Values.Select(setting =>
        KeyValuePair.Create(setting.Key, setting.Value.AddRange(Values.GetValueOrDefault(setting.Key, []))))));

    /// <summary>Filters of <paramref name="parameter"/> that match none of the names: likely spelling mistakes.</summary>
    public IEnumerable<string> IdleFilters(string parameter, IReadOnlyCollection<string> tensors) =>
        Values.TryGetValue(parameter, out var entries)
            ? entries.Where(entry => !tensors.Any(entry.Matches)).Select(entry => entry.Filter!)
            : [];
}

/// <summary>
/// A value, or a gradient of values over depth, for tensors whose name contains <paramref name="Filter"/> (null or * = all).
/// </summary>
public sealed record FilteredSetting(string? Filter, ImmutableArray<double> Gradient)
{
    public bool Matches(string tensor) => Filter is null or "*" || tensor.Contains(Filter, StringComparison.Ordinal);

    /// <summary>Interpolates linearly between the gradient's points, which are spread evenly over depth 0..1.</summary>
    public double At(double depth)
    {
        var position = depth * (Gradient.Length - 1);
        var lower = Math.Min((int)position, Gradient.Length - 1);
        var upper = Math.Min(lower + 1, Gradient.Length - 1);
        return Gradient[lower] + (position - lower) * (Gradient[upper] - Gradient[lower]);
    }
}

// A merge method: its name, its parameters, its demands on the inputs, and its arithmetic on one tensor.
using System.Collections.Immutable;

namespace Majlis.Merge.Methods;

/// <summary>One merge method. Stateless; one file per method; listed in <see cref="MergeMethods"/>.</summary>
public interface IMergeMethod
{
    /// <summary>mergekit's name.</summary>
    string Name { get; }

    ImmutableArray<MergeParameter> Parameters { get; }

    /// <summary>True when deltas are taken from the base; false when the base is an input like any other.</summary>
    bool BaseIsOrigin { get; }

    /// <summary>Why these inputs cannot be merged, or null. Called per tensor before any data is read.</summary>
    string? Complaint(TensorTask tensor);

    /// <summary>
    /// Computes the tensor and writes it in order, in chunks of any length, unrounded. Called for several tensors at a time.
    /// </summary>
    /// <exception cref="MergeRecipeException">The numbers themselves cannot be merged this way.</exception>
    void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write);
}

/// <summary>A parameter's name, its level, its default (null = must be given) and its range.</summary>
public sealed record MergeParameter(string Name, bool PerModel, double? Default = null,
    double Minimum = double.MinValue, double Maximum = double.MaxValue, bool IsFlag = false)
{
    /// <summary>The minimum itself is outside the range.</summary>
    public bool ExcludesMinimum { get; init; }

    public bool IsWhole { get; init; }

    /// <summary>Whether a value lies in the range.</summary>
    public bool Allows(double value) => (ExcludesMinimum ? value > Minimum : value >= Minimum) && value <= Maximum
        && (!IsWhole || value == Math.Floor(value));

    /// <summary>The range in words, for messages.</summary>
    public string Range => (IsWhole ? "a whole number" : "a number") + (Minimum == double.MinValue ? ""
        : ExcludesMinimum ? $" above {Minimum}" : $" from {Minimum} on") + (Maximum == double.MaxValue ? "" : $" up to {Maximum}");
}

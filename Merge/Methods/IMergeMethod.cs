// What a way of merging is: its name, its parameters, what it needs of the inputs, and its arithmetic on one tensor.
using System.Collections.Immutable;

namespace Majlis.Merge.Methods;

/// <summary>One merge method. Stateless; one file each; listed in <see cref="MergeMethods"/>.</summary>
public interface IMergeMethod
{
    /// <summary>mergekit's name.</summary>
    string Name { get; }

    ImmutableArray<MergeParameter> Parameters { get; }

    /// <summary>True when the base is what deltas are taken from, not one more input with a weight.</summary>
    bool BaseIsOrigin { get; }

    /// <summary>Why these inputs cannot be merged so, or null. Called per tensor before any data is read.</summary>
    string? Complaint(TensorTask tensor);

    /// <summary>Computes the tensor and hands it over in order, in pieces of any length, unrounded.</summary>
    void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write);
}

/// <summary>A parameter's name, where it belongs, its default (null = must be given) and its range.</summary>
public sealed record MergeParameter(string Name, bool PerModel, double? Default = null,
    double Minimum = double.MinValue, double Maximum = double.MaxValue, bool IsFlag = false);

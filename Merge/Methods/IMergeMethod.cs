// A merge method: its name, its parameters, its demands on the inputs, and its arithmetic on one tensor.
using System.Collections.Immutable;

namespace Majlis.Merge.Methods;

/// <summary>One merge method. Stateless; one file per method; listed in <see cref="MergeMethods"/>.</summary>
public interface IMergeMethod
{
    /// <summary>mergekit's name.</summary>
    string Name { get; }

    ImmutableArray<MergeParameter> Parameters { get; }

    /// <summary>True when deltas are taken from the base; false when the base is an input with a weight.</summary>
    bool BaseIsOrigin { get; }

    /// <summary>Why these inputs cannot be merged, or null. Called per tensor before any data is read.</summary>
    string? Complaint(TensorTask tensor);

    /// <summary>Computes the tensor and writes it in order, in chunks of any length, unrounded.</summary>
    void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write);
}

/// <summary>A parameter's name, its level, its default (null = must be given) and its range.</summary>
public sealed record MergeParameter(string Name, bool PerModel, double? Default = null,
    double Minimum = double.MinValue, double Maximum = double.MaxValue, bool IsFlag = false);

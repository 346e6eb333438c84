// Which elements of a task vector take part in a merge.
namespace Majlis.Merge.Sparsity;

/// <summary>
/// Sets the elements to zero that take no part. Called for all chunks of a tensor in order, from element 0 on, any number of times, with
/// the same outcome each time.
/// </summary>
interface ISparsity
{
    void Apply(long first, Span<double> deltas);
}

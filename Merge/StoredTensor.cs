// A tensor as a model's files hold it, an adapter's change included.
namespace Majlis.Merge;

sealed class StoredTensor(MergeInput input, string tensor) : ITensorReader
{
    public string Model => input.Name;

    public string Tensor => tensor;

    public bool Read(long first, Span<double> destination) => input.Read(tensor, first, destination);

    public bool TryAdd(long first, double factor, Span<double> sum) => input.TryAdd(tensor, first, factor, sum);
}

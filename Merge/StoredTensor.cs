// A tensor as a model's files hold it, an adapter's change included.
using Majlis.Model;

namespace Majlis.Merge;

sealed class StoredTensor(MergeInput input, string tensor) : ITensorReader
{
    public string Model => input.Name;

    public string Tensor => tensor;

    public bool Read(long first, Span<double> destination) => input.Read(tensor, first, destination);

    public TensorType? Plain(long first, int count, out ReadOnlySpan<byte> bytes) => input.Plain(tensor, first, count, out bytes);
}

// A tensor on its way to disk: rounded once to its type, hashed, written. Knows no method.
using System.Buffers;
using System.Security.Cryptography;
using Majlis.Model;
using Majlis.Model.Weights;

namespace Majlis.Merge;

sealed class RoundedOutput(TensorInfo tensor, TensorOutput output) : IDisposable
{
    const int BufferSize = 1 << 18;

    readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    readonly int width = TensorLayout.Block(tensor.Type).Bytes;
    readonly double largest = Rounding.Largest(tensor.Type);
    long written;

    /// <exception cref="MergeRecipeException">A number is too large for the type.</exception>
    public void Write(ReadOnlySpan<double> values)
    {
        if (Rounding.Most(values) is var most && !(most <= largest))
            throw new MergeRecipeException(
                $"{tensor.Name}: a value of {most} near element {written} is beyond what {tensor.Type} can hold");
        for (var done = 0; done < values.Length;)
        {
            var part = values.Slice(done, Math.Min(BufferSize / width, values.Length - done));
            var bytes = buffer.AsSpan(0, part.Length * width);
            Rounding.Store(part, tensor.Type, bytes);
            hash.AppendData(bytes);
            output.Write(bytes);
            done += part.Length;
        }
        written += values.Length;
    }

    /// <summary>The sha256 of all stored bytes, in lower case.</summary>
    public string Hash() => Convert.ToHexStringLower(hash.GetHashAndReset());

    public void Dispose()
    {
        hash.Dispose();
        ArrayPool<byte>.Shared.Return(buffer);
    }
}

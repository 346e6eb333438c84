// One tensor being written to a file: raw bytes, or fp32 numbers rounded once to the tensor's type. Counts the elements.
using System.Buffers;
using System.Runtime.InteropServices;
using Majlis.Text;
using Microsoft.Win32.SafeHandles;

namespace Majlis.Model.Weights;

/// <summary>Takes a tensor in chunks, in row-major order.</summary>
public sealed class TensorOutput
{
    const int BufferSize = 1 << 18;

    readonly SafeFileHandle file;
    readonly EarlyFlush flush;
    readonly TensorInfo tensor;
    readonly byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    long position;
    long bytesLeft;
    int filled;

    /// <param name="file">Where it is written.</param>
    /// <param name="flush">Of the file.</param>
    /// <param name="position">The tensor's first byte there.</param>
    /// <param name="tensor">Its header.</param>
    internal TensorOutput(SafeFileHandle file, EarlyFlush flush, long position, TensorInfo tensor)
    {
        (this.file, this.flush, this.position, this.tensor) = (file, flush, position, tensor);
        bytesLeft = TensorLayout.Bytes(tensor.Type, tensor.Elements);
    }

    /// <summary>Bytes to store unchanged.</summary>
    public void Write(ReadOnlySpan<byte> raw)
    {
        if (raw.Length > bytesLeft) throw new ModelFormatException($"Tensor '{tensor.Name}': more bytes were written than it has.");
        bytesLeft -= raw.Length;
        if (raw.Length > buffer.Length - filled) Flush();
        if (raw.Length >= buffer.Length) WriteThrough(raw);
        else
        {
            raw.CopyTo(buffer.AsSpan(filled));
            filled += raw.Length;
        }
    }

    /// <summary>Numbers, rounded to nearest even in the tensor's type: F64, F32, F16 or BF16.</summary>
    public void Write(ReadOnlySpan<float> numbers)
    {
        if (tensor.Type == TensorType.F32)
        {
            Write(MemoryMarshal.AsBytes(numbers));
            return;
        }
        Span<byte> chunk = stackalloc byte[4096];
        var width = TensorLayout.Block(tensor.Type).Bytes;
        while (numbers.Length > 0)
        {
            var count = Math.Min(numbers.Length, chunk.Length / width);
            Narrow(numbers[..count], chunk);
            Write(chunk[..(count * width)]);
            numbers = numbers[count..];
        }
    }

    internal void Done()
    {
        Flush();
        ArrayPool<byte>.Shared.Return(buffer);
        if (bytesLeft != 0) throw new ModelFormatException($"Tensor '{tensor.Name}': {bytesLeft} bytes of it were not written.");
    }

    void Flush()
    {
        WriteThrough(buffer.AsSpan(0, filled));
        filled = 0;
    }

    void WriteThrough(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(file, bytes, position);
        position += bytes.Length;
        flush.Wrote(bytes.Length);
    }

    void Narrow(ReadOnlySpan<float> numbers, Span<byte> to)
    {
        switch (tensor.Type)
        {
            case TensorType.BF16:
                var brain = MemoryMarshal.Cast<byte, ushort>(to);
                for (var i = 0; i < numbers.Length; i++) brain[i] = ToBrain(numbers[i]);
                break;
            case TensorType.F16:
                var half = MemoryMarshal.Cast<byte, Half>(to);
                for (var i = 0; i < numbers.Length; i++) half[i] = (Half)numbers[i];
                break;
            case TensorType.F64:
                var wide = MemoryMarshal.Cast<byte, double>(to);
                for (var i = 0; i < numbers.Length; i++) wide[i] = numbers[i];
                break;
            default:
                throw new ModelFormatException($"Tensor '{tensor.Name}' is {tensor.Type}; numbers are written as F64, F32, F16 or " +
                $"BF16 only.");
        }
    }

    /// <summary>The upper half, rounded to nearest even; a NaN stays a NaN whatever its lower half was.</summary>
    static ushort ToBrain(float number)
    {
        var bits = BitConverter.SingleToUInt32Bits(number);
        return float.IsNaN(number) ? (ushort)(bits >> 16 | 0x40) : (ushort)(bits + 0x7fff + (bits >> 16 & 1) >> 16);
    }
}

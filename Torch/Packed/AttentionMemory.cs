// One fork's keys and values of one head in fp32, padded to multiples of 32, and room for a block of queries. Freed by its owner.
using System.Runtime.InteropServices;

namespace Majlis.Torch.Packed;

sealed unsafe class AttentionMemory : IDisposable
{
    readonly List<nint> blocks = [];

    public AttentionMemory(int length, int headDim)
    {
        (Stride, Width) = ((length + 31) / 32 * 32, (headDim + 31) / 32 * 32);
        Keys = Take(Stride * Width);
        KeysAcross = Take(Stride * Width);
        Values = Take(Stride * Width);
        ValuesAcross = Take(Stride * Width);
        KeySums = Take(Stride * Width);
        ValueSums = Take(Stride * Width);
        Queries = Take(RowProducts.Rows * Width);
        Outputs = Take(RowProducts.Rows * Width);
        Mixed = Take(RowProducts.Rows * Width);
        Shares = Take(RowProducts.Rows * Stride);
        Slopes = Take(RowProducts.Rows * Stride);
    }

    /// <summary>Tokens, rounded up.</summary>
    public int Stride { get; }

    /// <summary>A head's elements, rounded up.</summary>
    public int Width { get; }

    /// <summary>[Stride, Width], and across [Width, Stride].</summary>
    public float* Keys { get; }
    public float* KeysAcross { get; }
    public float* Values { get; }
    public float* ValuesAcross { get; }

    /// <summary>Gradients, [Stride, Width], zero at first.</summary>
    public float* KeySums { get; }
    public float* ValueSums { get; }

    /// <summary>Blocks [4, Width].</summary>
    public float* Queries { get; }
    public float* Outputs { get; }
    public float* Mixed { get; }

    /// <summary>Blocks [4, Stride].</summary>
    public float* Shares { get; }
    public float* Slopes { get; }

    public void Dispose()
    {
        foreach (var block in blocks) NativeMemory.AlignedFree((void*)block);
    }

    float* Take(int count)
    {
        var bytes = (nuint)count * sizeof(float);
        var block = NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(block, bytes);
        blocks.Add((nint)block);
        return (float*)block;
    }
}

// A matrix of fp32 rows that a step writes and the next one reuses. Memory only.
namespace Majlis.Cpu;

/// <summary>Rows are padded to whole vectors and whole tiles, so that kernels may write beyond the last row and column.</summary>
sealed unsafe class FloatRows : IDisposable
{
    const int TileRows = 8;

    NativeBuffer memory = new(64);

    /// <summary>Floats from one row to the next.</summary>
    public int Stride { get; private set; }

    /// <summary>Makes room; the content is undefined.</summary>
    public void Shape(int rows, int columns)
    {
        Stride = (columns + 31) / 32 * 32;
        var bytes = (long)(rows + TileRows - 1) / TileRows * TileRows * Stride * sizeof(float);
        if (bytes <= memory.Bytes) return;
        memory.Dispose();
        memory = new NativeBuffer(bytes);
    }

    public float* Row(int row) => (float*)memory.Start + (long)row * Stride;

    public void Dispose() => memory.Dispose();
}

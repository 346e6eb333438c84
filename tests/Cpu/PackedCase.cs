// A random matrix in a packed layout, with random activations beside it, and their product in the plainest possible loops.
using Majlis.Cpu;
using Majlis.Cpu.Kernels;
using Majlis.Cpu.Weights;

namespace Majlis.tests.Cpu;

sealed unsafe class PackedCase : IDisposable
{
    readonly NativeArena memory = new();
    readonly Random random;
    readonly float[] weights;
    readonly int paddedRows;

    /// <param name="extreme">All numbers at the ends of their ranges, so that every intermediate sum is as large as it can be.</param>
    public PackedCase(WeightFormat format, int rows, int columns, int tokens, int seed, bool extreme = false)
    {
        random = new Random(seed);
        Matrix = new PackedMatrix(memory, format, rows, columns);
        (Tokens, paddedRows) = (tokens, Matrix.Groups * 16);
        weights = new float[rows * Matrix.Blocks * 32];
        for (var row = 0; row < rows; row++)
            for (var block = 0; block < Matrix.Blocks; block++) Fill(row, block, extreme);
        Activations = new NativeBuffer((long)tokens * Matrix.Blocks * 32 * sizeof(float));
        for (var t = 0; t < tokens; t++)
            for (var k = 0; k < columns; k++)
                Row(t)[k] = extreme ? random.Next(2) * 2 - 1 : (float)(random.NextDouble() * 2 - 1) * (1 + k % 7);
    }

    public PackedMatrix Matrix { get; }

    public int Tokens { get; }

    NativeBuffer Activations { get; }

    public float* Row(int token) => (float*)Activations.Start + (long)token * Matrix.Blocks * 32;

    /// <summary>The product by a set of kernels, [token][row].</summary>
    public float[] Product(Products products)
    {
        using var packed = new PackedRows();
        packed.Shape(Tokens, Matrix.Columns, Matrix.Format.IsInteger(), Matrix.Format.IsFloat(), Matrix.Format == WeightFormat.Int16);
        for (var t = 0; t < Tokens; t++) RowPacking.Pack(packed, t, Row(t), Matrix.Columns);
        using var y = new NativeBuffer((long)packed.Tiles * PackedRows.TileRows * paddedRows * sizeof(float));
        products.Multiply(Matrix, 0, Matrix.Groups, packed, 0, packed.Tiles, (float*)y.Start, paddedRows);
        var found = new float[Tokens * Matrix.Rows];
        for (var t = 0; t < Tokens; t++)
            new Span<float>((float*)y.Start + (long)t * paddedRows, Matrix.Rows).CopyTo(found.AsSpan(t * Matrix.Rows));
        return found;
    }

    /// <summary>The same in double precision, activations rounded to whole numbers where the format's kernels do so.</summary>
    public double[] Oracle()
    {
        var expected = new double[Tokens * Matrix.Rows];
        var width = Matrix.Blocks * 32;
        for (var t = 0; t < Tokens; t++)
        {
            var x = Rounded(t);
            for (var row = 0; row < Matrix.Rows; row++)
                for (var k = 0; k < width; k++) expected[t * Matrix.Rows + row] += (double)weights[row * width + k] * x[k];
        }
        return expected;
    }

    public void Dispose()
    {
        memory.Dispose();
        Activations.Dispose();
    }

    double[] Rounded(int token)
    {
        var end = Matrix.Format.IsInteger() ? 127f : ShortProducts.ActivationEnd;
        var x = new double[Matrix.Blocks * 32];
        for (var b = 0; b < Matrix.Blocks; b++)
        {
            var block = new ReadOnlySpan<float>(Row(token) + b * 32, 32);
            var most = 0f;
            foreach (var value in block) most = Math.Max(most, Math.Abs(value));
            for (var k = 0; k < 32; k++)
                x[b * 32 + k] = Matrix.Format.IsFloat() ? block[k]
                    : most == 0 ? 0 : Math.Round(block[k] * (end / most), MidpointRounding.ToEven) * (most / end);
        }
        return x;
    }

    void Fill(int row, int block, bool extreme)
    {
        var at = Matrix.Group(row / 16) + (long)block * Matrix.Format.BlockBytes();
        var stored = weights.AsSpan((row * Matrix.Blocks + block) * 32, 32);
        var isZero = random.Next(10) == 0;
        if (Matrix.Format.IsInteger())
        {
            var (low, high) = Matrix.Format switch
            {
                WeightFormat.Int8 or WeightFormat.Int8Min => (-128, 127),
                WeightFormat.Int4 => (-8, 7),
                _ => (0, 15),
            };
            var numbers = new sbyte[32];
            for (var k = 0; k < 32; k++)
                numbers[k] = (sbyte)(extreme ? random.Next(2) == 0 ? low : high : random.Next(low, high + 1));
            var scale = (Half)(isZero ? 0 : (random.NextDouble() - 0.3) * 0.1);
            BlockPacking.Write(Matrix.Format, at, row % 16, new QuantisedBlock(numbers, scale, (Half)(random.NextDouble() - 0.5)));
        }
        else
        {
            var numbers = new float[32];
            for (var k = 0; k < 32; k++)
                numbers[k] = isZero ? 0 : extreme ? (random.Next(2) * 2 - 1) * 8191f / 8192 : (float)(random.NextDouble() - 0.5);
            BlockPacking.Write(Matrix.Format, at, row % 16, numbers);
        }
        BlockPacking.Read(Matrix.Format, at, row % 16, stored);
    }
}

// Packs a checkpoint's rows into the kernels' layouts, group after group, without a widened copy of the tensor. Chooses the
// format of each tensor. Knows nothing of a tensor's meaning.
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.Model.Weights.Gguf;
using Majlis.Text;
using static Majlis.Cpu.Weights.WeightLayout;

namespace Majlis.Cpu.Weights;

sealed class MatrixLoader(IWeightSource source, WeightPrecision precision, NativeArena memory)
{
    /// <summary>GGUF's types that were rounded to other ones because no kernel has them, with the number of their tensors.</summary>
    public SortedDictionary<TensorType, int> Rounded { get; } = [];

    /// <summary>The rows of a projection. Its bias is not part of it.</summary>
    /// <param name="isOuter">An embedding or head, which stays in int8 where the rest is int4.</param>
    /// <exception cref="ModelFormatException">A weight that the format cannot hold.</exception>
    public PackedMatrix Load(string name, int firstRow, int rows, int columns, bool isOuter = false)
    {
        var type = source.Tensors.TryGetValue(name, out var info) ? info.Type
            : throw new ModelFormatException($"Tensor '{name}' is missing.");
        var matrix = new PackedMatrix(memory, Format(type, columns, isOuter), rows, columns);
        if (precision == WeightPrecision.Auto && source is GgufWeights && Own(type, columns) is null)
            Rounded[type] = Rounded.GetValueOrDefault(type) + 1;
        try
        {
            Parallel.For(0, matrix.Groups, LoadingThreads.Options, group => Fill(matrix, group, name, type, firstRow));
            return matrix;
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
            throw;
        }
    }

    // What a file's type is kept as without being rounded. A row of blocks must be whole blocks; plain numbers are the file's own choice in
    // GGUF only.
    WeightFormat? Own(TensorType type, int columns) => GgufBlocks.Format(type) is not { } own ? null
        : own.IsInteger() ? columns % BlockColumns == 0 ? own : null : source is GgufWeights ? own : null;

    bool IsRepacked(TensorType type, int columns) =>
        precision == WeightPrecision.Auto && Own(type, columns) is { } own && own.IsInteger();

    /// <summary>What a tensor of a type is kept as.</summary>
    public WeightFormat Format(TensorType type, int columns, bool isOuter) => precision switch
    {
        WeightPrecision.Float32 => WeightFormat.F32,
        WeightPrecision.BFloat16 => WeightFormat.Int16,
        WeightPrecision.Int4 => isOuter ? WeightFormat.Int8 : WeightFormat.Int4Min,
        WeightPrecision.Auto => Own(type, columns) ?? WeightFormat.Int8,
        _ => WeightFormat.Int8,
    };

    unsafe void Fill(PackedMatrix matrix, int group, string name, TensorType type, int firstRow)
    {
        var wide = new float[matrix.Blocks * BlockColumns];
        for (var row = group * GroupRows; row < Math.Min(matrix.Rows, (group + 1) * GroupRows); row++)
            if (IsRepacked(type, matrix.Columns)) Repack(matrix, group, row, name, type, firstRow + row);
            else
            {
                source.Read(name, (long)(firstRow + row) * matrix.Columns, wide.AsSpan(0, matrix.Columns));
                Round(matrix, group, row, name, wide);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    unsafe void Repack(PackedMatrix matrix, int group, int row, string name, TensorType type, int sourceRow)
    {
        var bytes = (int)TensorLayout.Bytes(type, matrix.Columns);
        var stored = source.Raw(name, (long)sourceRow * bytes, bytes);
        Span<sbyte> numbers = stackalloc sbyte[BlockColumns];
        for (var b = 0; b < matrix.Blocks; b++)
        {
            var block = GgufBlocks.Read(type, stored, b, numbers);
            if (!Half.IsFinite(block.Scale) || !Half.IsFinite(block.Minimum))
                throw new ModelFormatException($"Tensor '{name}' has a scale that is not finite, in row {sourceRow}, block {b}.");
            BlockPacking.Write(matrix.Format, matrix.Group(group) + (long)b * matrix.Format.BlockBytes(), row % GroupRows, block);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static unsafe void Round(PackedMatrix matrix, int group, int row, string name, ReadOnlySpan<float> wide)
    {
        Span<sbyte> numbers = stackalloc sbyte[BlockColumns];
        for (var b = 0; b < matrix.Blocks; b++)
        {
            var to = matrix.Group(group) + (long)b * matrix.Format.BlockBytes();
            var block = wide.Slice(b * BlockColumns, BlockColumns);
            try
            {
                if (matrix.Format.IsInteger())
                    BlockPacking.Write(matrix.Format, to, row % GroupRows, BlockQuantising.Round(matrix.Format, block, numbers));
                else BlockPacking.Write(matrix.Format, to, row % GroupRows, block);
            }
            catch (ArithmeticException reason)
            {
                var isFinite = !block.ContainsAnyExceptInRange(float.MinValue, float.MaxValue);
                throw new ModelFormatException($"Tensor '{name}', row {row}: {reason.Message}. " + (isFinite
                    ? "Serve it with --weights bf16, or with --backend torch."
                    : "The file is damaged, or the training that wrote it diverged."));
            }
        }
    }
}

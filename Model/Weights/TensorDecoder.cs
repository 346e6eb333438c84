// From stored bytes to fp32: picks a type's decoder and feeds it chunks of a mapped file. Knows no formats itself.
using Majlis.Model.Weights.Decoding;

namespace Majlis.Model.Weights;

/// <summary>Widens or dequantises stored numbers, bit for bit as the formats' reference implementations do.</summary>
public static class TensorDecoder
{
    /// <summary>Elements per chunk: spans of a mapped file are limited to 2 GiB, tensors are not.</summary>
    const int Chunk = 1 << 20;

    /// <summary>Decodes whole blocks: <paramref name="source"/> holds exactly the bytes of <paramref name="destination"/>.</summary>
    public static void Widen(TensorType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        var (elements, bytes) = TensorLayout.Block(type);
        if (destination.Length % elements != 0 || source.Length != (long)destination.Length / elements * bytes)
            throw new ArgumentException($"{source.Length} bytes of {type} are not {destination.Length} numbers.");
        switch (type)
        {
            case TensorType.Q4_0: Blocks32.Q4_0(source, destination); break;
            case TensorType.Q4_1: Blocks32.Q4_1(source, destination); break;
            case TensorType.Q5_0: Blocks32.Q5_0(source, destination); break;
            case TensorType.Q5_1: Blocks32.Q5_1(source, destination); break;
            case TensorType.Q8_0: Blocks32.Q8_0(source, destination); break;
            case TensorType.IQ4_NL: NonLinearBlocks.IQ4_NL(source, destination); break;
            case TensorType.IQ4_XS: NonLinearBlocks.IQ4_XS(source, destination); break;
            case TensorType.MXFP4: NonLinearBlocks.MXFP4(source, destination); break;
            case TensorType.NVFP4: NonLinearBlocks.NVFP4(source, destination); break;
            case TensorType.Q2_K: KBlocks.Q2_K(source, destination); break;
            case TensorType.Q3_K: KBlocks.Q3_K(source, destination); break;
            case TensorType.Q4_K: KBlocks.Q4_K(source, destination); break;
            case TensorType.Q5_K: KBlocks.Q5_K(source, destination); break;
            case TensorType.Q6_K: KBlocks.Q6_K(source, destination); break;
            case TensorType.IQ1_S: CodebookBlocks.IQ1_S(source, destination); break;
            case TensorType.IQ1_M: CodebookBlocks.IQ1_M(source, destination); break;
            case TensorType.IQ2_XXS: CodebookBlocks.IQ2_XXS(source, destination); break;
            case TensorType.IQ2_XS: CodebookBlocks.IQ2_XS(source, destination); break;
            case TensorType.IQ2_S: CodebookBlocks.IQ2_S(source, destination); break;
            case TensorType.IQ3_XXS: CodebookBlocks.IQ3_XXS(source, destination); break;
            case TensorType.IQ3_S: CodebookBlocks.IQ3_S(source, destination); break;
            case TensorType.TQ1_0: TernaryBlocks.TQ1_0(source, destination); break;
            case TensorType.TQ2_0: TernaryBlocks.TQ2_0(source, destination); break;
            default: PlainNumbers.Widen(type, source, destination); break;
        }
    }

    internal static void Widen(TensorType type, MappedFile file, long offset, Span<float> destination)
    {
        while (destination.Length > 0)
        {
            var count = Math.Min(Chunk, destination.Length);
            var bytes = (int)TensorLayout.Bytes(type, count);
            Widen(type, file.Bytes(offset, bytes), destination[..count]);
            destination = destination[count..];
            offset += bytes;
        }
    }
}

// GGUF's blocks in the kernels' layouts: every repacked type holds the very numbers of the format's reference decoder, and rounding to the
// other types stays within its stated error.
using Majlis.Cpu;
using Majlis.Cpu.Weights;
using Majlis.Model;
using Majlis.Model.Weights;
using Xunit;

namespace Majlis.tests.Cpu;

public sealed class GgufBlockTests
{
    [Theory]
    [InlineData(TensorType.Q8_0, 0)]
    [InlineData(TensorType.Q5_0, 0)]
    [InlineData(TensorType.IQ4_NL, 0)]
    [InlineData(TensorType.Q4_0, 0)]
    [InlineData(TensorType.Q4_1, 0)]
    [InlineData(TensorType.Q4_K, 1e-3)]
    [InlineData(TensorType.Q5_1, 0)]
    [InlineData(TensorType.Q5_K, 1e-3)]
    [InlineData(TensorType.MXFP4, 0)]
    public unsafe void A_repacked_block_holds_the_same_numbers(TensorType type, double tolerance)
    {
        const int columns = 512;
        var format = GgufBlocks.Format(type)!.Value;
        var stored = Stored(type, columns);
        var expected = new float[columns];
        TensorDecoder.Widen(type, stored, expected);
        using var memory = new NativeArena();
        var matrix = new PackedMatrix(memory, format, 1, columns);
        var (numbers, found) = (new sbyte[32], new float[32]);
        for (var b = 0; b < matrix.Blocks; b++)
        {
            var at = matrix.Group(0) + b * format.BlockBytes();
            BlockPacking.Write(format, at, 0, GgufBlocks.Read(type, stored, b, numbers));
            BlockPacking.Read(format, at, 0, found);
            for (var k = 0; k < 32; k++)
                Assert.Equal(expected[b * 32 + k], found[k],
                    (float)(tolerance * expected.Max(Math.Abs) + 1e-7 * Math.Abs(expected[b * 32 + k])));
        }
    }

    [Theory]
    [InlineData(WeightFormat.Int8)]
    [InlineData(WeightFormat.Int4)]
    [InlineData(WeightFormat.Int4Min)]
    public void Rounding_stays_within_half_a_step(WeightFormat format)
    {
        var random = new Random(5);
        var (numbers, block) = (new sbyte[32], new float[32]);
        for (var round = 0; round < 200; round++)
        {
            var scale = Math.Pow(10, random.Next(-3, 3));
            for (var k = 0; k < 32; k++) block[k] = round == 0 ? 0 : (float)(scale * (random.NextDouble() - 0.3));
            var found = BlockQuantising.Round(format, block, numbers);
            var (d, m) = ((float)found.Scale, (float)found.Minimum);
            for (var k = 0; k < 32; k++)
                Assert.InRange(d * numbers[k] + m - block[k], -Bound(format, d, block), Bound(format, d, block));
        }
    }

    // Int4 reaches -8 but not 8, so a positive extreme is cut by up to a whole step; scales and minima are rounded to fp16.
    static double Bound(WeightFormat format, float d, float[] block) => (format == WeightFormat.Int4 ? 1 : 0.5) * Math.Abs(d)
        + 2e-3 * block.Max(Math.Abs);

    // Random bytes, with scales that are finite: a scale in fp16 stands at each even place of a block's head.
    static byte[] Stored(TensorType type, int columns)
    {
        var random = new Random((int)type);
        var bytes = new byte[TensorLayout.Bytes(type, columns)];
        random.NextBytes(bytes);
        var block = TensorLayout.Block(type).Bytes;
        for (var at = 0; at < bytes.Length; at += block)
        {
            if (type == TensorType.MXFP4)
            {
                bytes[at] = (byte)random.Next(115, 140);
                continue;
            }
            BitConverter.TryWriteBytes(bytes.AsSpan(at), (Half)(random.NextDouble() * 0.1));
            if (type is TensorType.Q4_1 or TensorType.Q4_K or TensorType.Q5_1 or TensorType.Q5_K)
                BitConverter.TryWriteBytes(bytes.AsSpan(at + 2), (Half)(random.NextDouble() * 0.1));
        }
        return bytes;
    }
}

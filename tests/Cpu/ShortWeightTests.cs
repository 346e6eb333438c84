// Weights in 14 bits in place of bf16: what is kept exactly, how far the rest is off, and what is not finite.
using Majlis.Cpu.Weights;
using Xunit;

namespace Majlis.tests.Cpu;

public sealed unsafe class ShortWeightTests
{
    [Theory]
    [InlineData(1f)]
    [InlineData(3e-5f)]
    [InlineData(1e30f)]
    [InlineData(1e-30f)]
    public void Numbers_of_bf16_are_kept_down_to_a_32th_of_the_largest_and_the_rest_is_near(float size)
    {
        var random = new Random(5);
        for (var round = 0; round < 200; round++)
        {
            var block = new float[32];
            for (var k = 0; k < 32; k++)
                block[k] = BFloat16(size * (float)(random.NextDouble() * 2 - 1) * MathF.ScaleB(1, -random.Next(12)));
            var (found, largest) = (Kept(block, round % 16), block.Max(Math.Abs));
            for (var k = 0; k < 32; k++)
                if (Math.Abs(block[k]) >= largest / 32) Assert.Equal(block[k], found[k]);
                else Assert.InRange(Math.Abs(block[k] - found[k]), 0, largest / 8192);
        }
    }

    [Fact]
    public void The_largest_number_of_a_block_is_within_its_range_whatever_it_is()
    {
        foreach (var largest in (float[])[0, float.Epsilon, 1e-40f, 0.99999994f, 8191.5f, 8191.6f, float.MaxValue])
        {
            var block = new float[32];
            (block[3], block[4]) = (largest, -largest);
            var found = Kept(block, 7);
            Assert.InRange(Math.Abs(found[3] - largest), 0, Math.Max(largest / 8192, 1e-38f));
            Assert.Equal(-found[3], found[4]);
            Assert.Equal(0, found[5]);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_block_that_is_not_finite_stays_so(float bad)
    {
        var block = Enumerable.Repeat(1f, 32).ToArray();
        block[9] = bad;
        Assert.All(Kept(block, 2), number => Assert.False(float.IsFinite(number)));
    }

    static float BFloat16(float number) => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(number) & 0xFFFF0000);

    static float[] Kept(float[] block, int row)
    {
        var stored = stackalloc byte[WeightFormat.Int16.BlockBytes()];
        BlockPacking.Write(WeightFormat.Int16, stored, row, block);
        var found = new float[32];
        BlockPacking.Read(WeightFormat.Int16, stored, row, found);
        return found;
    }
}

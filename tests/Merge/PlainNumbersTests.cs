// Reading and adding in one pass against the plain way, through fp32: the same numbers at every length, and what is not finite is seen.
using System.Runtime.InteropServices;
using Majlis.Merge;
using Majlis.Merge.Arithmetic;
using Majlis.Model;
using Majlis.Model.Weights;
using Xunit;

namespace Majlis.tests.Merge;

public sealed class PlainNumbersTests
{
    [Theory]
    [InlineData(TensorType.BF16)]
    [InlineData(TensorType.F32)]
    public void Every_length_gives_the_plain_ways_numbers(TensorType type)
    {
        for (var length = 0; length < 40; length++)
        {
            var (bytes, plain) = Numbers(type, length, length);
            var (read, sum) = (new double[length], new double[length]);
            for (var i = 0; i < length; i++) sum[i] = i / 7.0;
            Assert.True(PlainNumbers.Read(type, bytes, read));
            Assert.True(PlainNumbers.Add(type, bytes, 0.3, sum));
            Assert.Equal(plain.Select(value => (double)value), read);
            Assert.Equal(plain.Select((value, i) => value * 0.3 + i / 7.0), sum);
            Assert.True(PlainNumbers.Subtract(type, bytes, sum, read));
            Assert.Equal(plain.Select((value, i) => value - sum[i]), read);
        }
    }

    [Theory]
    [InlineData(TensorType.BF16, TensorType.BF16)]
    [InlineData(TensorType.BF16, TensorType.F32)]
    [InlineData(TensorType.F32, TensorType.BF16)]
    [InlineData(TensorType.F32, TensorType.F32)]
    public void Distances_are_those_of_fp64_rounded_to_fp32(TensorType type, TensorType originType)
    {
        for (var length = 0; length < 40; length++)
        {
            var (bytes, plain) = Numbers(type, length, length, decades: 12);
            var (origin, less) = Numbers(originType, length, length + 100, decades: 12);
            var distances = new float[length];
            Assert.True(PlainNumbers.Distances(type, bytes, originType, origin, distances));
            Assert.Equal(plain.Select((value, i) => (float)Math.Abs((double)value - less[i])), distances);
        }
    }

    [Theory]
    [InlineData(TensorType.BF16, 3)]
    [InlineData(TensorType.BF16, 18)]
    [InlineData(TensorType.F32, 0)]
    [InlineData(TensorType.F32, 17)]
    public void One_number_that_is_not_finite_is_seen(TensorType type, int place)
    {
        foreach (var bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            var (bytes, _) = Numbers(type, 19, seed: 1);
            var width = TensorLayout.Block(type).Bytes;
            BitConverter.GetBytes(bad).AsSpan(4 - width).CopyTo(bytes.AsSpan(place * width));
            Assert.False(PlainNumbers.Read(type, bytes, new double[19]));
            Assert.False(PlainNumbers.Add(type, bytes, 1, new double[19]));
            Assert.False(PlainNumbers.Subtract(type, bytes, new double[19], new double[19]));
            var (other, _) = Numbers(TensorType.F32, 19, seed: 2);
            Assert.False(PlainNumbers.Distances(type, bytes, TensorType.F32, other, new float[19]));
            Assert.False(PlainNumbers.Distances(TensorType.F32, other, type, bytes, new float[19]));
        }
    }

    [Fact]
    public void Vectors_of_numbers_are_rounded_as_single_ones()
    {
        var random = new Random(5);
        var values = Enumerable.Range(0, 1000).Select(i => i % 3 == 0
            // Close to the middle between two bf16 numbers, on either side or on it.
            ? (1 + (random.Next(256) + 0.5) / 128) * (1 + (i % 9 / 3 - 1) * 1e-12)
            : (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-30, 30))).Append(-0.0).ToArray();
        var bytes = new byte[2 * values.Length];
        Rounding.Store(values, TensorType.BF16, bytes);
        var stored = MemoryMarshal.Cast<byte, ushort>(bytes).ToArray().Select(bits => BitConverter.UInt32BitsToSingle((uint)bits << 16));
        Assert.Equal(values.Select(value => (float)Rounding.Round(value, TensorType.BF16)), stored);
    }

    static (byte[] Bytes, float[] Values) Numbers(TensorType type, int length, int seed, int decades = 0)
    {
        var random = new Random(seed);
        var bits = Enumerable.Range(0, length).Select(_ => BitConverter.SingleToUInt32Bits(
                (float)((random.NextDouble() - 0.5) * Math.Pow(10, -random.Next(decades + 1))))
            & (type == TensorType.BF16 ? 0xFFFF0000 : 0xFFFFFFFF)).ToArray();
        var bytes = type == TensorType.F32 ? MemoryMarshal.AsBytes<uint>(bits).ToArray()
            : MemoryMarshal.AsBytes<ushort>(bits.Select(each => (ushort)(each >> 16)).ToArray()).ToArray();
        var plain = new float[length];
        TensorDecoder.Widen(type, bytes, plain);
        return (bytes, plain);
    }
}

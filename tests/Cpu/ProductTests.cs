// Every kernel against plain loops, over formats, shapes with odd tails, widths of a batch, and numbers that strain it. Run again in
// child processes without AVX-512 and without AVX-VNNI.
using System.Diagnostics;
using Majlis.Cpu.Kernels;
using Majlis.Cpu.Weights;
using Xunit;

namespace Majlis.tests.Cpu;

public sealed class ProductTests
{
    public static TheoryData<WeightFormat> Formats => [.. Enum.GetValues<WeightFormat>()];

    [Theory, MemberData(nameof(Formats))]
    public void Every_kernel_equals_plain_loops(WeightFormat format)
    {
        var random = new Random(3);
        foreach (var tokens in (int[])[1, 2, 3, 4, 5, 7, 8, 9, 19])
            for (var round = 0; round < 4; round++)
            {
                using var made = new PackedCase(format, random.Next(1, 70), random.Next(1, 300), tokens, tokens * 100 + round, round == 3);
                var expected = made.Oracle();
                foreach (var products in Products.Supported)
                    Equal(expected, made.Product(products),
                        $"{products.Name} {format} {made.Matrix.Rows}x{made.Matrix.Columns} for {tokens}");
            }
    }

    [Theory, MemberData(nameof(Formats))]
    public void All_kernel_sets_give_the_same_bits(WeightFormat format)
    {
        using var made = new PackedCase(format, 50, 200, 11, 1);
        var found = Products.Supported.Select(products => made.Product(products)).ToArray();
        Assert.All(found, one => Assert.Equal(found[0], one));
    }

    [Theory, MemberData(nameof(Formats))]
    public void A_token_gets_the_same_bits_alone_and_in_company(WeightFormat format)
    {
        using var all = new PackedCase(format, 50, 200, 19, 1);
        foreach (var products in Products.Supported)
        {
            var together = all.Product(products);
            for (var t = 0; t < all.Tokens; t++)
            {
                using var alone = new PackedCase(format, 50, 200, 1, 1);
                unsafe
                {
                    new ReadOnlySpan<float>(all.Row(t), 224).CopyTo(new Span<float>(alone.Row(0), 224));
                }
                Assert.Equal(together[(t * 50)..(t * 50 + 50)], alone.Product(products));
            }
        }
    }

    [Theory, MemberData(nameof(Formats))]
    public unsafe void Activations_that_are_not_finite_show_in_the_result_and_only_in_their_token(WeightFormat format)
    {
        foreach (var bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
            foreach (var products in Products.Supported)
            {
                using var made = new PackedCase(format, 16, 64, 3, 1);
                made.Row(1)[40] = bad;
                var found = made.Product(products);
                Assert.All(found[..16], number => Assert.True(float.IsFinite(number)));
                Assert.Contains(found[16..32], number => !float.IsFinite(number));
                Assert.All(found[32..], number => Assert.True(float.IsFinite(number)));
            }
    }

    [Theory]
    [InlineData("DOTNET_EnableAVX512", "AVX2")]
    [InlineData("DOTNET_EnableAVXVNNI", "AVX-512")]
    [InlineData("DOTNET_EnableAVX2", "portable")]
    public async Task Shorter_vectors_are_used_where_the_longer_ones_are_missing(string switchedOff, string expected)
    {
        Assert.SkipUnless(Avx512Products.IsSupported, "The processor has no AVX-512.");
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["-method", $"*{nameof(Every_kernel_equals_plain_loops)}",
            "-method", $"*{nameof(The_kernels_are_those_that_the_process_was_left_with)}"])
        {
            RedirectStandardOutput = true,
            Environment = { [switchedOff] = "0", ["MAJLIS_EXPECT_KERNELS"] = expected },
        };
        using var child = Process.Start(start)!;
        var output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(child.ExitCode == 0, output);
    }

    [Fact]
    public void The_kernels_are_those_that_the_process_was_left_with()
    {
        var expected = Environment.GetEnvironmentVariable("MAJLIS_EXPECT_KERNELS");
        if (expected is not null) Assert.StartsWith(expected, Products.Best.Name, StringComparison.Ordinal);
        Assert.Equal(Products.Best.Name, Products.Supported.First().Name);
    }

    static void Equal(double[] expected, float[] found, string what)
    {
        var largest = Math.Max(1e-3, expected.Max(Math.Abs));
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - found[i]) <= 1e-5 * largest, $"{what}, {i}: {expected[i]} expected, {found[i]} found");
    }
}

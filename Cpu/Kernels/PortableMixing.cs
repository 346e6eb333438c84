// Values in 8 bits times shares in 7 bits, four elements of one row at a time, in vectors of 128 bits that every processor has.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Majlis.Cpu.Kernels;

static unsafe class PortableMixing
{
    public static void Run(in ValueMix mix)
    {
        for (var row = 0; row < mix.Width; row++)
            for (var element = 0; element < mix.Padded; element += 4) Four(mix, row, element);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Four(in ValueMix mix, int row, int element)
    {
        sbyte* p = mix.Shares + 32 * row;
        float* s = mix.Scales + row;
        var sum = Vector128<float>.Zero;
        for (var pair = 0; pair < mix.Pairs; pair++, p += 32 * mix.Width, s += mix.Width)
        {
            if (!mix.Find(pair, element / 16, out var one, out var other)) continue;
            var whole = Vector128<int>.Zero;
            for (var k = 0; k < 8; k++)
            {
                var v = Vector128.Load((int*)((k < 4 ? one : other) + (k & 3) * 64 + element % 16 * 4));
                var q = p + 4 * k;
                whole += ((v << 24) >> 24) * q[0] + ((v << 16) >> 24) * q[1] + ((v << 8) >> 24) * q[2] + (v >> 24) * q[3];
            }
            sum = Vector128.FusedMultiplyAdd(Vector128.ConvertToSingle(whole), Vector128.Create(s[0]), sum);
        }
        sum.Store(mix.Mixed + row * mix.Padded + element);
    }
}

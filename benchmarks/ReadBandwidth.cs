// How fast all cores together read memory from its first byte to its last: what no decode step can beat. Each core has a part of its own.
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Majlis.benchmarks;

static unsafe class ReadBandwidth
{
    const int Passes = 9;
    const nuint HugePage = 2 << 20;

    /// <summary>Bytes a second, the median of some passes over <paramref name="bytes"/> of memory.</summary>
    public static double Measure(long bytes)
    {
        var threads = Environment.ProcessorCount;
        var part = bytes / threads / 256 * 256;
        var memory = (byte*)NativeMemory.AlignedAlloc((nuint)(part * threads), HugePage);
        for (long at = 0; at < part * threads; at += 64) memory[at] = 1;
        using var together = new Barrier(threads + 1);
        var workers = Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            for (var pass = 0; pass < Passes; pass++)
            {
                together.SignalAndWait();
                if (Sum(memory + i * part, part) == 0) throw new InvalidOperationException("Memory does not hold what was written.");
                together.SignalAndWait();
            }
        })).ToArray();
        foreach (var worker in workers) worker.Start();
        var seconds = new double[Passes];
        for (var pass = 0; pass < Passes; pass++)
        {
            together.SignalAndWait();
            var start = Stopwatch.GetTimestamp();
            together.SignalAndWait();
            seconds[pass] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        foreach (var worker in workers) worker.Join();
        NativeMemory.AlignedFree(memory);
        return part * threads / seconds.Order().ElementAt(Passes / 2);
    }

    static int Sum(byte* from, long bytes)
    {
        Vector512<int> a = default, b = default, c = default, d = default;
        for (var end = from + bytes; from < end; from += 256)
        {
            a += Vector512.Load((int*)from);
            b += Vector512.Load((int*)(from + 64));
            c += Vector512.Load((int*)(from + 128));
            d += Vector512.Load((int*)(from + 192));
        }
        return Vector512.Sum((a | b) | (c | d));
    }
}

// Asks for memory that will be read soon: the processor's own guesses end with each block of the cache, which lies far from the next.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Majlis.Cpu.Kernels;

static unsafe class Prefetching
{
    const int CacheLine = 64;

    /// <summary>Does nothing where <paramref name="from"/> is null or the processor has no such instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(byte* from, long bytes)
    {
        if (!Sse.IsSupported || from is null) return;
        for (var at = 0L; at < bytes; at += CacheLine) Sse.Prefetch1(from + at);
    }
}

// Aligned memory outside the collector's reach, zeroed and untouched until it is used. Knows nothing of its content.
using System.Runtime.InteropServices;

namespace Majlis.Cpu;

/// <summary>Zeroed bytes, aligned to a cache line, or to 2 MB where huge pages are asked for.</summary>
sealed unsafe partial class NativeBuffer : IDisposable
{
    const nuint CacheLine = 64;
    const nuint HugePage = 2 << 20;
    const int AdviseHugePages = 14;

    void* memory;

    /// <param name="hugePages">For memory that is read from end to end: without them that is 7 % slower.</param>
    public NativeBuffer(long bytes, bool hugePages = false)
    {
        var alignment = hugePages && bytes >= (long)HugePage ? HugePage : CacheLine;
        var size = (nuint)Math.Max(1, bytes);
        // The C library takes large blocks from the system, which hands them out zeroed, page by page, when they are touched.
        memory = NativeMemory.AllocZeroed(size + alignment);
        Start = (byte*)(((nuint)memory + alignment - 1) / alignment * alignment);
        Bytes = bytes;
        // Whether the system agrees makes no other difference.
        if (alignment == HugePage && OperatingSystem.IsLinux()) _ = Advise(Start, size, AdviseHugePages);
        GC.AddMemoryPressure(Math.Max(1, bytes));
    }

    ~NativeBuffer() => Free();

    public long Bytes { get; }

    public byte* Start { get; }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    void Free()
    {
        if (memory is null) return;
        NativeMemory.Free(memory);
        memory = null;
        GC.RemoveMemoryPressure(Math.Max(1, Bytes));
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint length, int advice);
}

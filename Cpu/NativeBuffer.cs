// Aligned memory outside the collector's reach, zeroed and untouched until it is used. Knows nothing of its content.
using System.Runtime.InteropServices;

namespace Majlis.Cpu;

/// <summary>Zeroed bytes, aligned to a cache line, or to 2 MB where huge pages are asked for.</summary>
sealed unsafe partial class NativeBuffer : IDisposable
{
    const nuint CacheLine = 64;
    const nuint HugePage = 2 << 20;
    const int AdviseHugePages = 14;

    // mmap(2) on Linux. The C library would keep a freed network's memory for itself, with new small blocks between its pieces.
    const long Mapped = 1 << 20;
    const int ReadAndWrite = 3;
    const int PrivateAnonymous = 0x22;
    const nint Failed = -1;

    readonly nuint size;
    readonly bool isMapped;
    void* memory;

    /// <param name="hugePages">For memory that is read from end to end: without them that is 7 % slower.</param>
    public NativeBuffer(long bytes, bool hugePages = false)
    {
        var alignment = hugePages && bytes >= (long)HugePage ? HugePage : CacheLine;
        size = (nuint)Math.Max(1, bytes) + alignment;
        isMapped = bytes >= Mapped && OperatingSystem.IsLinux();
        // The system hands large blocks out zeroed, page by page, when they are touched.
        memory = isMapped ? Map(size) : NativeMemory.AllocZeroed(size);
        Start = (byte*)(((nuint)memory + alignment - 1) / alignment * alignment);
        Bytes = bytes;
        // Whether the system agrees makes no other difference.
        if (alignment == HugePage && OperatingSystem.IsLinux()) _ = Advise(Start, (nuint)bytes, AdviseHugePages);
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
        if (isMapped) _ = Unmap(memory, size);
        else NativeMemory.Free(memory);
        memory = null;
        GC.RemoveMemoryPressure(Math.Max(1, Bytes));
    }

    static void* Map(nuint size)
    {
        var memory = Map(null, size, ReadAndWrite, PrivateAnonymous, -1, 0);
        return (nint)memory != Failed ? memory : throw new InsufficientMemoryException($"The system gives no {size} bytes of memory.");
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* at, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* start, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint length, int advice);
}

// Tunes the native libraries below libtorch for this process. glibc's allocator returns large blocks to the system at every step and gets
// zeroed pages at the next: a third of a small model's time. GNU OpenMP's threads spin while they wait: with a second process on the same
// cores both stall. Other C libraries and operating systems ignore both settings.
using System.Runtime.InteropServices;

namespace Majlis.Torch;

public static partial class NativeRuntime
{
    /// <summary>Larger blocks, such as a large model's weights, are still mapped separately and returned when freed. Bytes.</summary>
    public const int ServingBlock = 64 << 20;

    /// <summary>A training step's logits and their gradients are smaller than this.</summary>
    public const int TrainingBlock = 1 << 30;

    // mallopt(3)
    const int TrimThreshold = -1;
    const int MapThreshold = -3;
    const int MostArenas = -8;

    // Iterations before a waiting thread sleeps; the default is 300,000. https://gcc.gnu.org/onlinedocs/libgomp/GOMP_005fSPINCOUNT.html
    const string SpinCount = "1000";

    static volatile bool prepared;

    /// <summary>A host calls this before it makes its first tensor; later calls have no effect.</summary>
    /// <param name="largestBlock">Bytes; freed blocks up to this size are kept for the next step.</param>
    public static void Prepare(int largestBlock)
    {
        if (!OperatingSystem.IsLinux()) return;
        _ = SetVariable("GOMP_SPINCOUNT", SpinCount, replace: 0);
        try
        {
            _ = SetAllocator(MostArenas, 1); // the others hold no block above 64 MiB
            _ = SetAllocator(MapThreshold, largestBlock);
            _ = SetAllocator(TrimThreshold, Math.Max(largestBlock, 256 << 20));
            prepared = true;
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, such as musl.
        }
    }

    /// <summary>
    /// Returns freed memory, which the allocator keeps for the next step, to the system. It visits every page: call it after a network is
    /// freed, not after a step.
    /// </summary>
    public static void ReturnFreed()
    {
        if (prepared) _ = Trim(0);
    }

    /// <summary>
    /// Ends the process at once. For one that was told to end while another thread computes: a usual exit destroys what LibTorch's threads
    /// still use, and they crash.
    /// </summary>
    public static void Exit(int code)
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS()) ExitAtOnce(code);
        else Environment.Exit(code);
    }

    // _exit(2)
    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitAtOnce(int code);

    // malloc_trim(3)
    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetAllocator(int parameter, int value);

    // .NET keeps a copy of the environment; libgomp reads the process's own.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int replace);
}

// How the libraries below libtorch behave in a process of its own. glibc's allocator gives large blocks back to the system at every step
// and is handed zeroed pages again at the next: a third of a small model's time. GNU OpenMP's threads spin while they wait: beside a second
// process on the same cores both stand still. Other C libraries and operating systems know neither setting.
using System.Runtime.InteropServices;

namespace Majlis.Torch;

public static partial class NativeRuntime
{
    /// <summary>Blocks above this many bytes go on being mapped one by one and given back when freed, such as a large model's weights.</summary>
    public const int ServingBlock = 64 << 20;

    /// <summary>A training step's logits and their gradients stay below this.</summary>
    public const int TrainingBlock = 1 << 30;

    // mallopt(3)
    const int TrimThreshold = -1;
    const int MapThreshold = -3;
    const int MostArenas = -8;

    // Turns of the loop before a waiting thread sleeps; the default is 300,000. https://gcc.gnu.org/onlinedocs/libgomp/GOMP_005fSPINCOUNT.html
    const string SpinCount = "1000";

    static volatile bool prepared;

    /// <summary>For a host to call before it makes its first tensor: what is set later is not seen.</summary>
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
    /// Gives freed memory back to the system, which the allocator was told to keep for the next step. It looks at every page there is: for
    /// once a network is gone, not for a step.
    /// </summary>
    public static void ReturnFreed()
    {
        if (prepared) _ = Trim(0);
    }

    // malloc_trim(3)
    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetAllocator(int parameter, int value);

    // .NET keeps its environment to itself; libgomp reads the process's.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int replace);
}

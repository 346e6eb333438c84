// The C library's allocator gives large blocks back to the system at every step and is handed zeroed pages again at the next: a third of the
// time of a small model. This has it keep them. Only glibc knows these settings (mallopt(3)); elsewhere nothing happens.
using System.Runtime.InteropServices;

namespace Majlis.Torch;

public static partial class HostAllocator
{
    const int TrimThreshold = -1;
    const int MapThreshold = -3;

    /// <summary>Blocks above this many bytes go on being mapped one by one and given back when freed, such as a large model's weights.</summary>
    public const int ServingBlock = 64 << 20;

    /// <summary>A training step's logits and their gradients stay below this.</summary>
    public const int TrainingBlock = 1 << 30;

    /// <summary>For a host to call before it makes its first tensor.</summary>
    public static void Keep(int largestBlock)
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = Set(MapThreshold, largestBlock);
            _ = Set(TrimThreshold, Math.Max(largestBlock, 256 << 20));
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, such as musl.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int Set(int parameter, int value);
}

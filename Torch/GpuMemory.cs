// The free memory of the GPU that this process computes on, as NVIDIA's management library tells it: LibTorch's binding has no such call.
using System.Globalization;
using System.Runtime.InteropServices;

namespace Majlis.Torch;

static partial class GpuMemory
{
    const string Library = "libnvidia-ml.so.1";
    const int Success = 0;

    /// <summary>In bytes; null where the library is not there or does not tell.</summary>
    public static long? Free
    {
        get
        {
            try
            {
                return Initialise() == Success && Device(out var device) == Success && Tell(device, out var memory) == Success
                    ? (long)memory.Free : null;
            }
            catch (Exception absent) when (absent is DllNotFoundException or EntryPointNotFoundException)
            {
                return null;
            }
        }
    }

    // CUDA's first device is the first that this variable names, by number or by id; without it the machine's first.
    static int Device(out nint device)
    {
        var first = (Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES") ?? "0").Split(',')[0].Trim();
        return uint.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? ByIndex(index, out device) : ById(first, out device);
    }

    [StructLayout(LayoutKind.Sequential)]
    readonly struct Memory
    {
        public readonly ulong Total;
        public readonly ulong Free;
        public readonly ulong Used;
    }

    [LibraryImport(Library, EntryPoint = "nvmlInit_v2")]
    private static partial int Initialise();

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetHandleByIndex_v2")]
    private static partial int ByIndex(uint index, out nint device);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetHandleByUUID", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ById(string id, out nint device);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetMemoryInfo")]
    private static partial int Tell(nint device, out Memory memory);
}

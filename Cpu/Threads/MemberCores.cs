// The processor cores that a team's members stay on, one each: a scheduler that puts two of them on one core while something else has the
// other makes every barrier wait for a time slice. Only on Linux, and only where the process may use just as many cores as the team has
// members: among more, the system finds better places than a fixed one.
using System.Globalization;
using System.Runtime.InteropServices;

namespace Majlis.Cpu.Threads;

sealed partial class MemberCores
{
    // The kernel's mask of 1,024 processors, as the C library's cpu_set_t.
    const int MaskWords = 16;

    readonly ulong[] all;
    readonly ulong[][] masks;

    MemberCores(ulong[] all, ulong[][] masks) => (this.all, this.masks) = (all, masks);

    /// <summary>The physical cores that this process may use, at least one; hardware threads of one core count once.</summary>
    public static int Count { get; } = Math.Max(1, Math.Min(Environment.ProcessorCount, Cores(Allowed()).Count));

    /// <summary>Null where members are not to stay anywhere.</summary>
    public static MemberCores? For(int members)
    {
        var all = Allowed();
        var cores = Cores(all);
        return cores.Count == members && members <= Environment.ProcessorCount ? new(all, [.. cores.Values]) : null;
    }

    /// <summary>The calling thread stays on the member's core. Where the system refuses, it stays where it is.</summary>
    public void Stay(int member) => _ = SetAffinity(0, MaskWords * sizeof(ulong), masks[member]);

    /// <summary>The calling thread may use all cores again.</summary>
    public void Leave() => _ = SetAffinity(0, MaskWords * sizeof(ulong), all);

    static ulong[] Allowed()
    {
        var mask = new ulong[MaskWords];
        // A refusal leaves the mask empty.
        if (OperatingSystem.IsLinux()) _ = GetAffinity(0, MaskWords * sizeof(ulong), mask);
        return mask;
    }

    /// <summary>The processors of each core, by the first of them.</summary>
    static SortedDictionary<int, ulong[]> Cores(ulong[] allowed)
    {
        SortedDictionary<int, ulong[]> cores = [];
        for (var processor = 0; processor < MaskWords * 64; processor++)
        {
            if ((allowed[processor / 64] >> (processor % 64) & 1) == 0) continue;
            var core = First(processor);
            if (!cores.TryGetValue(core, out var mask)) cores.Add(core, mask = new ulong[MaskWords]);
            mask[processor / 64] |= 1UL << (processor % 64);
        }
        return cores;
    }

    // Linux, Documentation/ABI/stable/sysfs-devices-system-cpu: a list such as "0,64" or "0-1". Where it is not told, each is a core.
    static int First(int processor)
    {
        var file = string.Create(CultureInfo.InvariantCulture, $"/sys/devices/system/cpu/cpu{processor}/topology/thread_siblings_list");
        try
        {
            var first = File.ReadAllText(file).Split(',', '-', '\n')[0];
            return int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var core) ? core : processor;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            return processor;
        }
    }

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nint bytes, [Out] ulong[] mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nint bytes, [In] ulong[] mask);
}

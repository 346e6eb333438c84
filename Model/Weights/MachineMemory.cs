// The memory that this process may still take: what the system has free or can free at once, within the container's limit.
using System.Globalization;

namespace Majlis.Model.Weights;

public static class MachineMemory
{
    const string Account = "/proc/meminfo";
    const string Field = "MemAvailable:";

    /// <summary>In bytes; where the system does not tell, the most that a process may have.</summary>
    public static long Available
    {
        get
        {
            var most = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
            if (!OperatingSystem.IsLinux() || !File.Exists(Account)) return most;
            var line = File.ReadLines(Account).FirstOrDefault(text => text.StartsWith(Field, StringComparison.Ordinal));
            return long.TryParse(line?[Field.Length..^"kB".Length], NumberStyles.Integer, CultureInfo.InvariantCulture, out var kilobytes)
                ? Math.Min(most, kilobytes * 1024) : most;
        }
    }
}

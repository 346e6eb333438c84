// The highest private memory (RssAnon) of this process, looked at every few milliseconds. Linux only.
using System.Globalization;

namespace Majlis.benchmarks;

sealed class PeakMemory : IDisposable
{
    readonly Timer timer;
    long highest;

    public PeakMemory() => timer = new Timer(_ => Look(), null, 0, 5);

    public long Bytes
    {
        get
        {
            Look();
            return Interlocked.Read(ref highest);
        }
    }

    public void Dispose() => timer.Dispose();

    void Look()
    {
        var now = Read();
        for (var seen = Interlocked.Read(ref highest); now > seen;)
        {
            var before = Interlocked.CompareExchange(ref highest, now, seen);
            if (before == seen) return;
            seen = before;
        }
    }

    static long Read()
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan()["RssAnon:".Length..].Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture) * 1024;
    }
}

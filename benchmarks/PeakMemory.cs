// The highest private memory (RssAnon) of this process, sampled every few milliseconds. Linux only.
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
        var now = Read("self");
        for (var seen = Interlocked.Read(ref highest); now > seen;)
        {
            var before = Interlocked.CompareExchange(ref highest, now, seen);
            if (before == seen) return;
            seen = before;
        }
    }

    /// <summary>The same of another process; null where it has just ended.</summary>
    public static long? TryRead(int process)
    {
        try
        {
            return Read(process.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The private memory of a process now, in bytes.</summary>
    /// <param name="process">Its id, or "self".</param>
    public static long Read(string process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan()["RssAnon:".Length..].Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture) * 1024;
    }
}

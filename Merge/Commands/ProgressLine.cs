// A merge's progress as a line: how much is done, how fast, how long it will take. Knows no tensors.
using System.Globalization;

namespace Majlis.Merge.Commands;

sealed class ProgressLine(IProgress<string> display, TimeProvider time) : IProgress<MergeProgress>
{
    readonly Lock gate = new();
    readonly long start = time.GetTimestamp();
    long shown;

    /// <summary>Called by all workers; shows every twentieth of the whole.</summary>
    public void Report(MergeProgress value)
    {
        var step = value.Done * 20 / value.All;
        if (step <= Interlocked.Read(ref shown)) return;
        lock (gate)
        {
            if (step <= shown) return;
            shown = step;
            var seconds = time.GetElapsedTime(start).TotalSeconds;
            display.Report(string.Create(CultureInfo.InvariantCulture,
                $"{100 * value.Done / value.All} %, {seconds * (value.All - value.Done) / value.Done:0} s left"));
        }
    }

    /// <summary>How long it took, and how fast that was.</summary>
    public string Summary(long bytes)
    {
        var seconds = time.GetElapsedTime(start).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s, {MergeSpace.InWords((long)(bytes / seconds))} a second");
    }
}

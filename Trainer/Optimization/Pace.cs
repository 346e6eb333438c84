// Rate and remaining time of long work. Knows no clock but the one given, and not what is counted.
using static System.FormattableString;

namespace Majlis.Trainer.Optimization;

/// <param name="unit">The counted items, in the plural.</param>
/// <param name="from">Items done before this process began.</param>
/// <param name="total">All items.</param>
/// <param name="time">The clock.</param>
sealed class Pace(string unit, int from, int total, TimeProvider time)
{
    readonly long start = time.GetTimestamp();

    public string At(int count)
    {
        var (elapsed, done) = (time.GetElapsedTime(start).TotalSeconds, count - from);
        var left = TimeSpan.FromSeconds(done == 0 ? 0 : elapsed / done * (total - count));
        var hours = left >= TimeSpan.FromHours(1) ? Invariant($"{Math.Floor(left.TotalHours)}:") : "";
        return Invariant($"{done / Math.Max(elapsed, 1e-9):0.00} {unit}/s, {hours}{left:mm\\:ss} left");
    }
}

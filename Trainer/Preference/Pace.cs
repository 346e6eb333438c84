// Rate and remaining time of long work. Knows no clock but the one given, and not what is counted.
using static System.FormattableString;

namespace Majlis.Trainer.Preference;

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
        return Invariant($"{done / Math.Max(elapsed, 1e-9):0.00} {unit}/s, {left:mm\\:ss} left");
    }
}

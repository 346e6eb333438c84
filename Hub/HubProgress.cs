// A pull's progress: bytes, rate and remaining time, and the line that shows them. Knows nothing of what is pulled.
using System.Globalization;

namespace Majlis.Hub;

/// <summary>Counts bytes from any thread. The rate is that of the last seconds, so that it follows a changing connection.</summary>
public sealed class HubProgress(long total, TimeProvider time)
{
    static readonly TimeSpan window = TimeSpan.FromSeconds(10);

    readonly Lock gate = new();
    readonly Queue<(long At, long Bytes)> recent = new([(time.GetTimestamp(), 0)]);
    long reused;
    long done;

    /// <summary>Counts bytes that were in the cache already.</summary>
    public void Reuse(long bytes)
    {
        lock (gate) reused += bytes;
    }

    public void Add(long bytes)
    {
        lock (gate)
        {
            done += bytes;
            var now = time.GetTimestamp();
            recent.Enqueue((now, done));
            while (recent.Count > 2 && time.GetElapsedTime(recent.Peek().At, now) > window) recent.Dequeue();
        }
    }

    /// <summary>Bytes per second over the last seconds.</summary>
    public double Rate
    {
        get
        {
            lock (gate)
            {
                var (at, bytes) = recent.Peek();
                var seconds = time.GetElapsedTime(at).TotalSeconds;
                return seconds > 0 ? (done - bytes) / seconds : 0;
            }
        }
    }

    /// <summary>`412.3 of 977.5 MB (42 %), 18.2 MB/s, 0:31 left`.</summary>
    public override string ToString()
    {
        var rate = Rate;
        lock (gate)
        {
            // An answer with the whole file may repeat pieces that were there already.
            var have = Math.Min(total, reused + done);
            var percent = total == 0 ? 100 : 100 * have / total;
            var left = have >= total ? "done" : rate > 0 ? $"{Clock(TimeSpan.FromSeconds((total - have) / rate))} left" : "waiting";
            return string.Create(CultureInfo.InvariantCulture,
                $"{have / 1e6:0.0} of {total / 1e6:0.0} MB ({percent} %), {rate / 1e6:0.0} MB/s, {left}");
        }
    }

    static string Clock(TimeSpan span) => span.TotalDays >= 1 ? "over a day" : span.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{span.Minutes}:{span.Seconds:00}");
}

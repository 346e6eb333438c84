// A line now and then while items are scored: how many are done, rate and remaining time.
using Majlis.Trainer.Optimization;

namespace Majlis.Trainer.Sequences;

sealed class ScoringProgress(string name, int total, IProgress<string> progress, TimeProvider time)
{
    static readonly TimeSpan interval = TimeSpan.FromSeconds(5);

    readonly Pace pace = new("items", 0, total, time);
    long said = time.GetTimestamp();
    int done;

    public void Add(int count)
    {
        done += count;
        if (time.GetElapsedTime(said) < interval) return;
        said = time.GetTimestamp();
        progress.Report(FormattableString.Invariant($"{name}: {done}/{total}, {pace.At(done)}"));
    }
}

// A step's metrics under TRL's names: summed over micro-batches, given as means. Knows no tensors.
namespace Majlis.Trainer.Optimization;

/// <summary>One row of the log: a finished step and its metrics.</summary>
public sealed record StepMetrics(int Step, IReadOnlyDictionary<string, double> Values)
{
    public double this[string name] => Values[name];
}

/// <summary>Sums the micro-batches of one step. A metric that some of them lack is the mean over those that have it.</summary>
sealed class StepSums
{
    readonly Dictionary<string, (double Sum, int Count)> sums = [];

    public void Add(IEnumerable<(string Name, double Value)> values)
    {
        foreach (var (name, value) in values)
        {
            var (sum, count) = sums.GetValueOrDefault(name);
            sums[name] = (sum + value, count + 1);
        }
    }

    public Dictionary<string, double> Means() => sums.ToDictionary(entry => entry.Key, entry => entry.Value.Sum / entry.Value.Count);
}

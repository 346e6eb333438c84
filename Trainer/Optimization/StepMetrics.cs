// A step's metrics under TRL's names: summed over micro-batches, given as means. Knows no tensors.
namespace Majlis.Trainer.Optimization;

/// <summary>One row of the log: a finished step and its metrics.</summary>
public sealed record StepMetrics(int Step, IReadOnlyDictionary<string, double> Values)
{
    public double this[string name] => Values[name];
}

/// <summary>Sums the micro-batches of one step.</summary>
sealed class StepSums
{
    readonly Dictionary<string, double> sums = [];
    int count;

    public void Add(IEnumerable<(string Name, double Value)> values)
    {
        count++;
        foreach (var (name, value) in values) sums[name] = sums.GetValueOrDefault(name) + value;
    }

    public Dictionary<string, double> Means() => sums.ToDictionary(entry => entry.Key, entry => entry.Value / count);
}

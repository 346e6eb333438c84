// What a step measured, under TRL's names. Sums of micro-batches, handed out as means. Knows no tensors.
namespace Majlis.Trainer.Preference;

/// <summary>One row of the log: the step that is done, and its numbers.</summary>
public sealed record StepMetrics(int Step, IReadOnlyDictionary<string, double> Values)
{
    public double this[string name] => Values[name];
}

/// <summary>Collects the micro-batches of one step.</summary>
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

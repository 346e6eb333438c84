// The numbers that Prometheus reads from any process that trains experts: every step's metrics, and the process itself. Knows no round, no
// address and no text.
using Majlis.Trainer.Optimization;
using Prometheus;

namespace Majlis.Trainer.Operations;

sealed class TrainingMetrics
{
    public TrainingMetrics()
    {
        Make = Metrics.WithCustomRegistry(Registry);
        DotNetStats.Register(Registry);
        var resident = Make.CreateGauge("process_resident_memory_bytes", "Memory of this process that is in RAM.");
        Registry.AddBeforeCollectCallback(() => resident.Set(Environment.WorkingSet));
    }

    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    /// <summary>Makes further metrics of the same registry.</summary>
    public MetricFactory Make { get; }

    /// <summary>A finished step of an expert's training, each metric as a gauge under TRL's name with <c>_</c> for <c>/</c>.</summary>
    public void Stepped(string expert, StepMetrics step)
    {
        foreach (var (name, value) in step.Values) Set(name.Replace('/', '_'), expert, value);
        // The last one: whoever reads of a step finds its metrics.
        Set("step", expert, step.Step);
    }

    void Set(string name, string expert, double value) =>
        Make.CreateGauge($"majlis_training_{name}", "Of the last training step, under TRL's name.", "expert").WithLabels(expert).Set(value);
}

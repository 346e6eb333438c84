// A run's metrics while it runs: a line of JSON a step, and a picture of all of them. Knows no training.
using System.Text.Json;
using Majlis.Model;
using Majlis.Trainer.Optimization;

namespace Majlis.Trainer.Stages;

/// <summary>Keeps <c>metrics.jsonl</c> and <c>run.svg</c> in a folder.</summary>
sealed class RunRecord : IDisposable
{
    public const string Metrics = "metrics.jsonl", Picture = "run.svg";

    readonly string folder;
    readonly List<StepMetrics> log;
    readonly StreamWriter lines;

    /// <param name="folder">Of the run.</param>
    /// <param name="before">The steps that a resumed run goes on after; what was written of later ones is forgotten.</param>
    public RunRecord(string folder, IReadOnlyList<StepMetrics> before)
    {
        (this.folder, log) = (folder, [.. before]);
        lines = new StreamWriter(Path.Combine(folder, Metrics), append: false) { AutoFlush = true };
        foreach (var step in before) lines.WriteLine(JsonSerializer.Serialize(step, TrainerJson.Plain));
    }

    public void Add(StepMetrics step)
    {
        log.Add(step);
        lines.WriteLine(JsonSerializer.Serialize(step, TrainerJson.Plain));
    }

    public void Draw()
    {
        if (log.Count > 0) DurableFiles.Replace(Path.Combine(folder, Picture), RunPicture.Of(log));
    }

    /// <summary>Both files again, in another folder.</summary>
    public void WriteTo(string other)
    {
        File.WriteAllLines(Path.Combine(other, Metrics), log.Select(step => JsonSerializer.Serialize(step, TrainerJson.Plain)));
        File.WriteAllBytes(Path.Combine(other, Picture), RunPicture.Of(log));
    }

    public void Dispose() => lines.Dispose();
}

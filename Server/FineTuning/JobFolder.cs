// One job's folder: copies of what it learns from, its recipe, and the trainer's own folder with checkpoints, metrics and result. Knows
// no job.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Storage;

namespace Majlis.Server.FineTuning;

sealed class JobFolder(string path)
{
    const string StepPrefix = "step-";

    public string Training => Path.Combine(path, "training.jsonl");

    public string Validation => Path.Combine(path, "validation.jsonl");

    public string Recipe => Path.Combine(path, "recipe.json");

    /// <summary>Where the trainer keeps what is its own.</summary>
    public string Run => Path.Combine(path, "run");

    public string Metrics => Path.Combine(Run, "metrics.jsonl");

    /// <summary>The finished adapter, in peft's format.</summary>
    public string Adapter => Path.Combine(Run, "result", "adapter");

    /// <summary>The adapters of the last epochs, by the step at which each ended.</summary>
    public IEnumerable<(int Step, string Folder)> Epochs => !Directory.Exists(Path.Combine(Run, "epochs")) ? []
        : Directory.EnumerateDirectories(Path.Combine(Run, "epochs"), StepPrefix + "*")
            .Where(folder => Directory.Exists(Path.Combine(folder, "adapter")))
            .Select(folder => (int.TryParse(Path.GetFileName(folder)[StepPrefix.Length..], out var step) ? step : 0,
                Path.Combine(folder, "adapter")))
            .Where(epoch => epoch.Item1 > 0).Order();

    public void Create() => _ = new PrivateFolder(path);

    /// <summary>A message of the trainer without this machine's paths.</summary>
    public string Plain(string message) =>
        message.Replace(path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)
            .Replace(path, "the job", StringComparison.Ordinal);

    /// <summary>Deletes what only an unfinished run needs.</summary>
    public void Tidy()
    {
        if (Directory.Exists(Path.Combine(Run, "states"))) Directory.Delete(Path.Combine(Run, "states"), recursive: true);
        foreach (var file in Directory.EnumerateFiles(Run, "*reference.safetensors")) File.Delete(file);
    }

    /// <summary>The metrics of every step so far, in order; a line that is being written is left out.</summary>
    public IEnumerable<(int Step, JsonObject Values)> Steps()
    {
        if (!File.Exists(Metrics)) yield break;
        using var file = new StreamReader(File.Open(Metrics, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        while (file.ReadLine() is { } line)
            if (Read(line) is { } step) yield return step;
    }

    static (int, JsonObject)? Read(string line)
    {
        try
        {
            return JsonNode.Parse(line) is { } step ? ((int)step["Step"]!, step["Values"]!.DeepClone().AsObject()) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

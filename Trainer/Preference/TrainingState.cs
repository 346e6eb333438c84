// A run's saved state: parameters, moments, step, log. Written beside the old one and renamed, so a kill leaves one whole state.
using System.Text.Json;
using Majlis.Model;
using Majlis.Model.Weights;
using static TorchSharp.torch;

namespace Majlis.Trainer.Preference;

/// <summary>A saved run's state besides its tensors.</summary>
sealed record TrainingState(int Step, double TokensSeen, IReadOnlyList<StepMetrics> Log)
{
    const string Tensors = "state.safetensors";
    const string Numbers = "state.json";
    const string Prefix = "step-";

    /// <summary>Adds a state to a run's folder and drops the older ones.</summary>
    public static void Save(string run, Policy policy, AdamW optimiser, IReadOnlyList<StepMetrics> log, double tokensSeen)
    {
        var folder = Path.Combine(run, FormattableString.Invariant($"{Prefix}{optimiser.Step:000000}"));
        if (Directory.Exists(folder)) return;
        Directory.CreateDirectory(run);
        DurableFiles.Create(folder, fresh =>
        {
            TensorFile.Write(Path.Combine(fresh, Tensors), policy.Parameters.SelectMany(parameter => new[]
            {
                ("parameter." + parameter.Name, parameter.Value), ("exp_avg." + parameter.Name, optimiser.Mean[parameter.Name]),
                ("exp_avg_sq." + parameter.Name, optimiser.Square[parameter.Name]),
            }).Select(entry => (entry.Item1, entry.Item2.shape, Values(entry.Item2))));
            File.WriteAllBytes(Path.Combine(fresh, Numbers),
                JsonSerializer.SerializeToUtf8Bytes(new TrainingState(optimiser.Step, tokensSeen, log), TrainerJson.Plain));
        });
        foreach (var older in States(run).Where(path => path != folder)) Directory.Delete(older, recursive: true);
    }

    static float[] Values(Tensor x)
    {
        using var scope = NewDisposeScope();
        return x.detach().cpu().data<float>().ToArray();
    }

    /// <summary>Copies the newest whole state into policy and optimiser; null when there is none.</summary>
    public static TrainingState? Load(string run, Policy policy, AdamW optimiser)
    {
        if (States(run).LastOrDefault() is not { } folder) return null;
        var state = JsonSerializer.Deserialize<TrainingState>(File.ReadAllBytes(Path.Combine(folder, Numbers)), TrainerJson.Plain)!;
        using var file = SafetensorsFile.Open(Path.Combine(folder, Tensors));
        Tensor Read(string name)
        {
            var values = new float[file.Tensors[name].Elements];
            file.Read(name, 0, values);
            return tensor(values).reshape(file.Tensors[name].Shape.ToArray());
        }
        using var still = no_grad();
        foreach (var (name, value) in policy.Parameters)
        {
            using var scope = NewDisposeScope();
            value.copy_(Read("parameter." + name));
        }
        optimiser.Restore(state.Step, name => Read("exp_avg." + name), name => Read("exp_avg_sq." + name));
        return state;
    }

    static IEnumerable<string> States(string run) => !Directory.Exists(run) ? []
        : Directory.EnumerateDirectories(run, Prefix + "*")
            .Where(path => !path.EndsWith(DurableFiles.Unfinished, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
}

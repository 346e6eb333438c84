// A run's saved states: parameters, moments, step, log. Each is written beside the others and renamed, so a kill leaves whole ones; one
// that is damaged later is put aside, whole, and passed over for the one before.
using System.Text.Json;
using Majlis.Model;
using Majlis.Model.Hashes;
using Majlis.Model.Weights;
using Majlis.Text;
using static TorchSharp.torch;

namespace Majlis.Trainer.Optimization;

/// <summary>A saved run's state besides its tensors. <paramref name="TensorHash"/> is the sha256 of their file.</summary>
sealed record TrainingState(int Step, double TokensSeen, IReadOnlyList<StepMetrics> Log, string? TensorHash = null)
{
    const string Tensors = "state.safetensors";
    const string Numbers = "state.json";
    const string Prefix = "step-";

    /// <summary>Adds a state to a run's folder and drops all but the newest <paramref name="keep"/>.</summary>
    public static void Save(string run, IReadOnlyList<(string Name, Tensor Value)> parameters, Optimizer optimiser,
        IReadOnlyList<StepMetrics> log, double tokensSeen, int keep = 1)
    {
        var folder = Path.Combine(run, FormattableString.Invariant($"{Prefix}{optimiser.Step:000000}"));
        if (Directory.Exists(folder)) return;
        Directory.CreateDirectory(run);
        DurableFiles.Create(folder, fresh =>
        {
            var tensors = Path.Combine(fresh, Tensors);
            TensorFile.Write(tensors, [.. parameters.Select(parameter => TensorFile.Entry("parameter." + parameter.Name, parameter.Value)),
                .. Entries("exp_avg.", optimiser.Mean), .. Entries("exp_avg_sq.", optimiser.Square)]);
            var state = new TrainingState(optimiser.Step, tokensSeen, log, FileHash.Of(tensors));
            File.WriteAllBytes(Path.Combine(fresh, Numbers), JsonSerializer.SerializeToUtf8Bytes(state, TrainerJson.Plain));
        });
        foreach (var older in States(run).SkipLast(keep)) DurableFiles.Remove(older);
    }

    /// <summary>
    /// Copies the newest whole state into parameters and optimiser; null when there is none. <paramref name="say"/> gets a line about
    /// each damaged one.
    /// </summary>
    public static TrainingState? Load(string run, IReadOnlyList<(string Name, Tensor Value)> parameters, Optimizer optimiser,
        Action<string> say)
    {
        foreach (var folder in States(run).Reverse())
            try
            {
                return Read(folder, parameters, optimiser);
            }
            catch (Exception error) when (error is ModelFormatException or JsonException or IOException)
            {
                say($"{folder} is damaged and is passed over for the state before it: {error.Message} It stays as {PutAside(folder)}.");
            }
        return null;
    }

    // What cannot be read today may be read by a person tomorrow; its own name is needed for the step that is trained again.
    static string PutAside(string folder)
    {
        var aside = Path.Combine(Path.GetDirectoryName(folder)!, "damaged-" + Path.GetFileName(folder));
        if (Directory.Exists(aside)) DurableFiles.Remove(aside);
        Directory.Move(folder, aside);
        return aside;
    }

    static IEnumerable<(string Name, long[] Shape, Func<float[]> Numbers)> Entries(string prefix, Dictionary<string, Moment> moments) =>
        moments.Select(moment => (prefix + moment.Key, moment.Value.Shape, (Func<float[]>)moment.Value.Numbers));

    static TrainingState Read(string folder, IReadOnlyList<(string Name, Tensor Value)> parameters, Optimizer optimiser)
    {
        var (path, numbers) = (Path.Combine(folder, Tensors), Path.Combine(folder, Numbers));
        var state = JsonSerializer.Deserialize<TrainingState>(File.ReadAllBytes(numbers), TrainerJson.Plain)
            ?? throw new ModelFormatException($"{numbers} is empty.");
        if (state.TensorHash is { } hash && hash != FileHash.Of(path))
            throw new ModelFormatException($"{path} is not the file that was written: its sha256 is another.");
        using var file = SafetensorsFile.Open(path);
        Tensor Find(string name)
        {
            var values = new float[file.Tensors[name].Elements];
            file.Read(name, 0, values);
            return tensor(values).reshape(file.Tensors[name].Shape.ToArray());
        }
        using var still = no_grad();
        foreach (var (name, value) in parameters)
        {
            using var scope = NewDisposeScope();
            value.copy_(Find("parameter." + name));
        }
        optimiser.Restore(state.Step, name => Find("exp_avg." + name), name => Find("exp_avg_sq." + name));
        return state;
    }

    static string[] States(string run) => !Directory.Exists(run) ? []
        : Directory.EnumerateDirectories(run, Prefix + "*")
            .Where(path => !path.EndsWith(DurableFiles.Unfinished, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
}

// A stage's folder: what it began with, its checkpoints and its result. Each appears whole or not at all. Knows no training.
using System.Text.Json;
using System.Text.Json.Serialization;
using Majlis.Model;
using Majlis.Model.Adapters;
using Majlis.Model.Hashes;
using Majlis.Model.Weights;
using Majlis.Text;
using Majlis.Torch.Packed;
using Majlis.Trainer.Optimization;
using static TorchSharp.torch;

namespace Majlis.Trainer.Stages;

/// <param name="path">The folder; created where it is missing.</param>
public sealed class StageFolder(string path)
{
    public const string AdapterWeights = "adapter_model.safetensors";

    const string Start = "start.json", LockFile = "lock", EpochPrefix = "step-";

    static readonly JsonSerializerOptions indented = new() { WriteIndented = true };
    static readonly JsonSerializerOptions recorded =
        new(TrainerJson.Stages) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };
    const string Result = "result";

    public string Path => path;

    /// <summary>Checkpoints, as <see cref="TrainingState"/> keeps them.</summary>
    public string States => System.IO.Path.Combine(path, "states");

    /// <summary>Random weights to start from, as a Hugging Face folder.</summary>
    public string Initial => System.IO.Path.Combine(path, "initial");

    /// <summary>The finished stage: <c>master/</c> and <c>serve/</c>, or <c>adapter/</c>, with its manifest and record.</summary>
    public string Finished => System.IO.Path.Combine(path, Result);

    /// <summary>What the last epochs came to, where the recipe asks for it: <c>step-NNNNNN</c>, each as the finished stage.</summary>
    public string Epochs => System.IO.Path.Combine(path, "epochs");

    /// <summary>Keeps a second process out while it is held.</summary>
    /// <exception cref="IOException">Another process trains in this folder.</exception>
    public FileStream Lock()
    {
        Directory.CreateDirectory(path);
        try
        {
            return new FileStream(System.IO.Path.Combine(path, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new IOException($"{path} is in use by another process that trains, or cannot be written: {error.Message}", error);
        }
    }

    /// <summary>
    /// Remembers what the stage began with; one that has left anything is not continued with something else. Options that the record
    /// lacks, because an older build wrote it, had their defaults.
    /// </summary>
    /// <exception cref="ModelFormatException">The folder belongs to another recipe, model or data.</exception>
    public void Begin(StageStart start)
    {
        var file = System.IO.Path.Combine(path, Start);
        var now = JsonSerializer.SerializeToUtf8Bytes(start, TrainerJson.Stages);
        if (!File.Exists(file) || IsUnused)
        {
            DurableFiles.Replace(file, now);
            return;
        }
        var then = JsonSerializer.SerializeToUtf8Bytes(Recorded(file, start.Options.GetType()), TrainerJson.Stages);
        if (!then.AsSpan().SequenceEqual(now))
            throw new ModelFormatException($"{file}: this folder was begun with another recipe, model or data; its checkpoints do not fit. "
                + "Name another folder, or delete this one");
    }

    // A stage that failed before its first step left nothing that a mended recipe could spoil.
    bool IsUnused => !Directory.EnumerateFileSystemEntries(path).Select(System.IO.Path.GetFileName).Except([LockFile, Start]).Any();

    static StageStart Recorded(string file, Type options)
    {
        try
        {
            var start = JsonSerializer.Deserialize<StageStart>(File.ReadAllBytes(file), recorded)!;
            return start with { Options = ((JsonElement)start.Options).Deserialize(options, recorded)! };
        }
        catch (JsonException error)
        {
            throw new ModelFormatException($"{file}: cannot be read as what this folder was begun with: {error.Message} Name another "
                + "folder, or delete this one", error);
        }
    }

    /// <summary>Makes <see cref="Initial"/> from a folder's config and tokenizer, unless it is there.</summary>
    public void WriteInitial(string model, ulong seed)
    {
        if (Directory.Exists(Initial)) return;
        var config = System.IO.Path.Combine(model, CheckpointFiles.Config);
        using var json = ModelJson.Read(config);
        var blueprint = Model.Families.Families.Read(json.RootElement);
        var deviation = json.RootElement.TryGetProperty("initializer_range", out var range) ? range.GetDouble() : 0.02;
        using var scope = NewDisposeScope();
        var weights = RandomWeights.Create(blueprint, deviation, seed);
        DurableFiles.Create(Initial, fresh =>
        {
            CheckpointFiles.Copy(model, fresh);
            TensorFile.Write(System.IO.Path.Combine(fresh, SafetensorsFolder.SingleName), weights);
        });
        foreach (var (_, value) in weights) value.Dispose();
    }

    /// <summary>Writes the finished stage; <paramref name="manifest"/> gets the sha256 of weights to serve, or of the adapter.</summary>
    internal void Finish<T>(StageNetwork network, Func<string, T> manifest, RunRecord record) => DurableFiles.Create(Finished, fresh =>
    {
        var weights = network.Adapter is null ? WriteWeights(network, fresh) : WriteAdapter(network, fresh);
        File.WriteAllBytes(System.IO.Path.Combine(fresh, "manifest.json"),
            JsonSerializer.SerializeToUtf8Bytes(manifest(FileHash.Of(weights)), TrainerJson.Stages));
        record.WriteTo(fresh);
    });

    /// <summary>Writes what an epoch came to, as a finished stage has it, and drops all but the newest <paramref name="keep"/>.</summary>
    internal void KeepEpoch(StageNetwork network, int step, int keep)
    {
        var folder = System.IO.Path.Combine(Epochs, FormattableString.Invariant($"{EpochPrefix}{step:000000}"));
        Directory.CreateDirectory(Epochs);
        if (!Directory.Exists(folder))
            DurableFiles.Create(folder, fresh => _ = network.Adapter is null ? WriteWeights(network, fresh) : WriteAdapter(network, fresh));
        var all = Directory.GetDirectories(Epochs, EpochPrefix + "*").Order(StringComparer.Ordinal);
        foreach (var older in all.SkipLast(keep)) DurableFiles.Remove(older);
    }

    static string WriteWeights(StageNetwork network, string fresh)
    {
        TwoPrecisions.Write(fresh, network.Checkpoint,
            master => TensorFile.Write(System.IO.Path.Combine(master, SafetensorsFolder.SingleName), network.Parameters));
        return System.IO.Path.Combine(fresh, Model.Catalog.ModelCatalog.Serve, SafetensorsFolder.SingleName);
    }

    static string WriteAdapter(StageNetwork network, string fresh)
    {
        var folder = Directory.CreateDirectory(System.IO.Path.Combine(fresh, "adapter")).FullName;
        File.WriteAllText(System.IO.Path.Combine(folder, AdapterConfig.FileName), network.AdapterJson!.ToJsonString(indented));
        var weights = System.IO.Path.Combine(folder, AdapterWeights);
        TensorFile.Write(weights, network.Parameters);
        return weights;
    }
}

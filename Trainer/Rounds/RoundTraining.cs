// A round's training: opens its network once, scores all pairs once with it, and trains every expert on it.
// Each expert's result is durable before the next begins. Knows no votes, no catalogue and no merge.
using Majlis.Feedback.Pairs;
using Majlis.Model;
using Majlis.Torch;
using Majlis.Trainer.Preference;
using TorchSharp;

namespace Majlis.Trainer.Rounds;

sealed class RoundTraining(RoundFolder folder, RoundStart start, RoundParts parts)
{
    const string Experts = "experts";

    /// <summary>Folder of a trained expert's adapter.</summary>
    public string AdapterOf(string expert) => Path.GetFullPath(Path.Combine(folder.Path, Experts, expert, ExpertTraining.AdapterFolder));

    /// <summary>Trains every expert that is not trained yet.</summary>
    public async Task<IReadOnlyList<ExpertResult>> RunAsync(RoundPairs pairs)
    {
        var network = new Lazy<Transformer>(Open);
        try
        {
            var all = pairs.Training.Select(Convert).Select(pair => pair.CutTo(start.Options.MaxLength)!).ToArray();
            var results = new List<ExpertResult>();
            foreach (var expert in pairs.Experts)
                results.Add(await folder.OnceAsync($"expert-{expert.Name}", () => Train(network.Value, expert, all)));
            return results;
        }
        finally
        {
            if (network.IsValueCreated) network.Value.Dispose();
        }
    }

    /// <summary>Deletes what was made from users' texts, where an erasure would not find it.</summary>
    public static void Forget(RoundFolder folder)
    {
        File.Delete(ReferencePath(folder));
        File.Delete(ReferencePath(folder) + DurableFiles.Unfinished);
        if (!Directory.Exists(folder.File(Experts))) return;
        foreach (var expert in Directory.EnumerateDirectories(folder.File(Experts)))
            if (Path.Combine(expert, ExpertTraining.StateFolder) is var states && Directory.Exists(states))
                Directory.Delete(states, recursive: true);
    }

    static string ReferencePath(RoundFolder folder) => folder.File("reference.safetensors");

    static TrainingPair Convert(PreferencePair pair) => new(pair.Id, pair.Prompt, pair.Chosen, pair.Rejected, pair.Weight);

    Transformer Open()
    {
        using var checkpoint = Checkpoint.Open(start.MasterPath);
        var type = start.Options.Numerics == "bf16" ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32;
        return new Transformer(checkpoint.Blueprint, checkpoint.Weights, type);
    }

    ExpertResult Train(Transformer network, Expert expert, TrainingPair[] all)
    {
        var own = all.Where(pair => expert.Pairs.Contains(pair.Id)).ToArray();
        var training = new ExpertTraining(network, Reference(network, all), start.Options, parts.Progress, parts.Time,
            step => parts.Stepped(expert.Name, step));
        return training.Train(expert.Name, own, Path.Combine(folder.Path, Experts, expert.Name));
    }

    /// <summary>Runs once a round: all pairs under the starting weights, without adapter, in the training's numerics.</summary>
    ReferenceScores Reference(Transformer network, TrainingPair[] pairs)
    {
        var path = ReferencePath(folder);
        if (File.Exists(path)) return ReferenceScores.Load(path);
        parts.Say($"scoring {pairs.Length} pairs under the weights the round starts from");
        var progress = new ScoringProgress("scored", pairs.Length, parts.Progress, parts.Time);
        network.Attach(null);
        var policy = new Policy(batch => network.Logits(TorchPolicy.ScoredStates(network, batch)), []);
        var scores = ReferenceScores.Compute(policy, pairs, start.Options.BatchPairs, pad: 0, progress.Add);
        scores.Save(path + DurableFiles.Unfinished);
        File.Move(path + DurableFiles.Unfinished, path);
        return scores;
    }
}

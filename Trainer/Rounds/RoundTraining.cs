// A round's training: opens its network once, scores all pairs once with it, and trains every expert on it, or waits for other processes
// that do. Each expert's result is durable before the next begins. Knows no votes, no catalogue and no merge.
using Majlis.Feedback.Pairs;
using Majlis.Feedback.Store;
using Majlis.Model;
using Majlis.Torch;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Preference;
using Majlis.Trainer.Replay;
using Majlis.Trainer.Sequences;
using Majlis.Trainer.Unpaired;
using TorchSharp;

namespace Majlis.Trainer.Rounds;

/// <param name="say">Gets lines for people.</param>
/// <param name="progress">Gets the progress of long work.</param>
/// <param name="time">For progress and waits.</param>
sealed class RoundTraining(RoundFolder folder, RoundStart start, Action<string> say, IProgress<string> progress, TimeProvider time)
{
    const string Experts = "experts";

    string? said;

    /// <summary>Gets every finished training step, with its expert's name.</summary>
    public Action<string, StepMetrics> Stepped { get; init; } = (_, _) => { };

    /// <summary>Folder of a trained expert's adapter.</summary>
    public string AdapterOf(string expert) => Path.GetFullPath(Path.Combine(folder.Path, Experts, expert, ExpertTraining.AdapterFolder));

    /// <summary>Whether other processes may train the round's experts: its pairs and their scores are there.</summary>
    public static bool IsPlanned(RoundFolder folder) => folder.Has("pairs") && File.Exists(ReferencePath(folder));

    /// <summary>Trains those of the experts that are not trained yet.</summary>
    /// <exception cref="RoundConflictException">Another process trains one of them.</exception>
    public async Task<IReadOnlyList<ExpertResult>> RunAsync(RoundPairs pairs, IEnumerable<Expert> experts)
    {
        var network = new Lazy<Transformer>(Open);
        try
        {
            var results = new List<ExpertResult>();
            foreach (var expert in experts)
                results.Add(await folder.OnceAsync(Stage(expert), () => Train(network.Value, expert, pairs)));
            return results;
        }
        finally
        {
            if (network.IsValueCreated) network.Value.Dispose();
        }
    }

    /// <summary>Scores the pairs, then waits until other processes have trained every expert.</summary>
    public async Task<IReadOnlyList<ExpertResult>> AwaitAsync(RoundPairs pairs)
    {
        if (!IsPlanned(folder))
        {
            using var network = Open();
            _ = Reference(network, pairs);
        }
        var missing = pairs.Experts;
        while ((missing = missing.RemoveAll(expert => folder.Has(Stage(expert)))) is { Length: > 0 })
        {
            var line = $"waiting for other processes to train: {string.Join(", ", missing.Select(expert => expert.Name))}";
            if (line != said) say(said = line);
            await Task.Delay(RoundPause.Interval, time);
        }
        return [.. pairs.Experts.Select(expert => folder.Read<ExpertResult>(Stage(expert)))];
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

    /// <summary>Deletes all that was trained and scored.</summary>
    public static void Undo(RoundFolder folder, RoundPairs pairs)
    {
        Forget(folder);
        foreach (var expert in pairs.Experts) File.Delete(folder.File(Stage(expert) + ".json"));
        if (Directory.Exists(folder.File(Experts))) Directory.Delete(folder.File(Experts), recursive: true);
    }

    static string Stage(Expert expert) => $"expert-{expert.Name}";

    TrainingPair[] Cut(RoundPairs pairs) =>
        [.. pairs.Training.Select(Convert).Select(pair => pair.CutTo(start.Options.MaxLength)!)];

    static string ReferencePath(RoundFolder folder) => folder.File("reference.safetensors");

    static TrainingPair Convert(PreferencePair pair) => new(pair.Id, pair.Prompt, pair.Chosen, pair.Rejected, pair.Weight);

    Transformer Open()
    {
        using var checkpoint = Checkpoint.Open(start.MasterPath);
        var type = start.Options.Numerics == "bf16" ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32;
        return new Transformer(checkpoint.Blueprint, checkpoint.Weights, type);
    }

    ExpertResult Train(Transformer network, Expert expert, RoundPairs pairs)
    {
        using var held = Hold(expert.Name);
        var (reference, options) = (Reference(network, pairs), start.Options);
        var training = new ExpertTraining(network, options, progress, time, step => Stepped(expert.Name, step));
        IObjective OfVotes(Policy policy) => options.IsUnpaired
            ? new UnpairedObjective(policy, RoundAnswers.Of(pairs, expert, options), reference, options.Answers())
            : new PairObjective(policy, [.. Cut(pairs).Where(pair => expert.Pairs.Contains(pair.Id))], reference, options.Pairs());
        IObjective Objective(Policy policy) => options.Replay is null ? OfVotes(policy)
            : new ReplayedObjective(OfVotes(policy), policy, Replayed(), options.Replayed());
        return training.Train(expert.Name, expert.Pairs.Length, Path.Combine(folder.Path, Experts, expert.Name), Objective);
    }

    IReadOnlyList<TokenRow> Replayed()
    {
        using var model = Checkpoint.Open(start.MasterPath);
        return ReplayRows.Read([folder.File(start.Replay!)], model, start.Options.MaxLength, time);
    }

    /// <summary>Keeps other processes off an expert; the lock dies with its holder.</summary>
    FileStream Hold(string expert)
    {
        var path = Path.Combine(folder.Path, Experts, expert + ".lock");
        PrivateFolder.Create(Path.Combine(folder.Path, Experts));
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken) when (File.Exists(path))
        {
            throw new RoundConflictException($"Another process trains the expert {expert}, or {path} cannot be written: {taken.Message}",
                taken);
        }
    }

    /// <summary>Runs once a round: all rows under the starting weights, without adapter, in the training's numerics.</summary>
    ReferenceScores Reference(Transformer network, RoundPairs pairs)
    {
        var path = ReferencePath(folder);
        if (File.Exists(path)) return ReferenceScores.Load(path);
        var batches = Rows(pairs).ToArray();
        say($"scoring {pairs.Training.Length} pairs under the weights the round starts from"
            + (pairs.Bad.Length > 0 ? $", and {pairs.Bad.Length} bad answers" : ""));
        var scored = new ScoringProgress("scored", batches.Sum(batch => batch.Count), progress, time);
        network.Attach(null);
        var policy = new Policy(batch => network.Logits(TorchPolicy.ScoredStates(network, batch)), []);
        var scores = ReferenceScores.Compute(policy, batches, pad: 0, scored.Add);
        scores.Save(path + DurableFiles.Unfinished);
        File.Move(path + DurableFiles.Unfinished, path);
        return scores;
    }

    IEnumerable<IReadOnlyList<TokenRow>> Rows(RoundPairs pairs) => start.Options.IsUnpaired
        ? pairs.Experts.SelectMany(expert => UnpairedObjective.Rows(
            RoundAnswers.Of(pairs, expert, start.Options), start.Options.Answers(), start.Options.BatchAnswers))
        : Cut(pairs).Chunk(start.Options.BatchPairs).Select(TrainingPair.Rows);
}

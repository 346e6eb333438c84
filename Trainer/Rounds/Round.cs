// One turn of the circle: votes, pairs, experts, merge, gate, version, promotion. Every stage's result is durable before the next begins,
// so a trainer killed anywhere goes on where it was. Knows the order of the stages; what they do is elsewhere.
using Majlis.Evaluation;
using Majlis.Feedback.Pairs;
using Majlis.Feedback.Votes;
using Majlis.Model;
using Majlis.Model.Catalog;
using Majlis.Text;
using Majlis.Torch;
using Majlis.Trainer.Preference;
using TorchSharp;

namespace Majlis.Trainer.Rounds;

/// <summary>What a round takes from outside.</summary>
/// <param name="Catalog">Where the candidate goes.</param>
/// <param name="Model">The weights to start from while the catalogue points to no version; null = none.</param>
/// <param name="Reader">Who remembers how far the votes are used up.</param>
/// <param name="Votes">All votes after a number.</param>
/// <param name="Newest">Number of the newest vote, erased or not.</param>
/// <param name="Position">How far the reader's earlier rounds came.</param>
/// <param name="Advance">Says that votes up to a number are used up.</param>
/// <param name="Critical">The tasks that must not be lost.</param>
/// <param name="Say">Takes lines for people.</param>
/// <param name="Time">For progress lines.</param>
public sealed record RoundParts(ModelCatalog Catalog, string? Model, string Reader, Func<long, Task<IReadOnlyList<StoredVote>>> Votes,
    Func<Task<long>> Newest, Func<Task<long>> Position, Func<long, Task> Advance, CriticalItems Critical, Action<string> Say, TimeProvider Time);

public sealed class Round(RoundFolder folder, RoundParts parts, RoundOptions wanted)
{
    /// <exception cref="RoundConflictException">The unfinished round is another reader's, or its version's name was taken meanwhile.</exception>
    public async Task<RoundOutcome> RunAsync()
    {
        var start = await folder.OnceAsync("start", Start);
        if (start.Reader != parts.Reader)
            throw new RoundConflictException($"{folder.Path}: this round was begun under --reader {start.Reader}; end it under that name, " +
                $"or delete its folder, before one begins under --reader {parts.Reader}.");
        var outcome = await folder.OnceAsync("outcome", () => OutcomeAsync(start));
        if (outcome.Judged) await parts.Advance(outcome.Through);
        await ForgetAsync();
        return await folder.OnceAsync("end", () => outcome);
    }

    async Task<RoundOutcome> OutcomeAsync(RoundStart start)
    {
        var pairs = await folder.OnceAsync("pairs", () => PairsAsync(start));
        if (RoundVotes.TooFew(pairs, start.Options) is { } lacking) return lacking;
        parts.Say($"round for {start.Version}: {pairs.Training.Length} pairs to train on, {pairs.HeldOut.Length} held out{RoundVotes.LeftOut(pairs)}, " +
            $"experts {string.Join(", ", pairs.Experts.Select(expert => $"{expert.Name} ({expert.Pairs.Length})"))}");
        var experts = await TrainAsync(start, pairs);
        if (experts.Where(expert => expert.Refusal is not null).ToArray() is { Length: > 0 } refused)
            return RoundOutcome.Unjudged(GateDecision.Refuse, 0, pairs.Through, [.. refused.Select(expert => $"{expert.Name}: {expert.Refusal}")]);
        var candidate = await folder.OnceAsync("merge", () => CandidateMerge.Write(
            CandidateMerge.Recipe(start.MasterPath, pairs.Experts.Select(expert => (AdapterOf(expert.Name), 1.0))), start.MasterPath, CandidatePath));
        var verdict = await folder.OnceAsync("gate", () =>
            CandidateGate.Judge(start, pairs, Path.Combine(CandidatePath, ModelCatalog.Serve), parts.Critical, parts.Say, parts.Time));
        parts.Say($"gate: {verdict}");
        var publication = new Publication(folder, parts.Catalog, start);
        await folder.OnceAsync("version", () => publication.Publish(pairs, experts, candidate, CandidatePath, verdict));
        return await folder.OnceAsync("promotion", () => publication.Promote(verdict, pairs.Through));
    }

    string CandidatePath => folder.File("candidate");

    string ReferencePath => folder.File("reference.safetensors");

    string AdapterOf(string expert) => Path.GetFullPath(Path.Combine(folder.Path, "experts", expert, ExpertTraining.AdapterFolder));

    RoundStart Start()
    {
        var current = parts.Catalog.State().Current;
        var (master, serve) = current is null ? (parts.Model, parts.Model) : (parts.Catalog.MasterPath(current), parts.Catalog.ServePath(current));
        if (master is null || serve is null)
            throw new ModelFormatException($"{parts.Catalog.Folder} points to no version: name the model to start from with --model PATH.");
        if (current is not null) parts.Catalog.Verify(current);
        using var checkpoint = Checkpoint.Open(serve);
        return new RoundStart(Publication.NextVersion(parts.Catalog), current, Path.GetFullPath(master), Path.GetFullPath(serve),
            checkpoint.WeightsHash, parts.Reader, wanted);
    }

    async Task<RoundPairs> PairsAsync(RoundStart start)
    {
        var after = await parts.Position();
        var newest = await parts.Newest(); // asked first: votes up to it are among those read next, or erased
        var pairs = RoundVotes.Pairs(after, await parts.Votes(after), Known(start), start.Options);
        return pairs with { Through = Math.Max(pairs.Through, newest) };
    }

    /// <summary>
    /// The weights whose answers can be learnt from: those the round starts from, all versions, pruned ones too, and what they were made
    /// from.
    /// </summary>
    HashSet<string> Known(RoundStart start) => [start.WeightsHash, .. parts.Catalog.Readable().Concat(parts.Catalog.Pruned())
        .SelectMany(manifest => manifest.Parents.Add(manifest.Id).Add(manifest.WeightsHash))];

    async Task<IReadOnlyList<ExpertResult>> TrainAsync(RoundStart start, RoundPairs pairs)
    {
        var network = new Lazy<Transformer>(() => Open(start));
        try
        {
            var results = new List<ExpertResult>();
            var all = pairs.Training.Select(Convert).Select(pair => pair.CutTo(start.Options.MaxLength)!).ToArray();
            foreach (var expert in pairs.Experts)
                results.Add(await folder.OnceAsync($"expert-{expert.Name}", () =>
                {
                    var own = all.Where(pair => expert.Pairs.Contains(pair.Id)).ToArray();
                    var training = new ExpertTraining(network.Value, Reference(network.Value, all, start), start.Options, parts.Say, parts.Time);
                    return training.Train(expert.Name, own, Path.Combine(folder.Path, "experts", expert.Name));
                }));
            return results;
        }
        finally
        {
            if (network.IsValueCreated) network.Value.Dispose();
        }
    }

    static Transformer Open(RoundStart start)
    {
        using var checkpoint = Checkpoint.Open(start.MasterPath);
        return new Transformer(checkpoint.Blueprint, checkpoint.Weights, start.Options.Numerics == "bf16" ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32);
    }

    static TrainingPair Convert(PreferencePair pair) => new(pair.Id, pair.Prompt, pair.Chosen, pair.Rejected, pair.Weight);

    /// <summary>Once a round: all pairs under the start's weights, no adapter attached, in the numerics that train.</summary>
    ReferenceScores Reference(Transformer network, TrainingPair[] pairs, RoundStart start)
    {
        if (File.Exists(ReferencePath)) return ReferenceScores.Load(ReferencePath);
        parts.Say($"scoring {pairs.Length} pairs under the weights the round starts from");
        var progress = new ScoringProgress("scored", pairs.Length, parts.Say, parts.Time);
        network.Attach(null);
        var policy = new Policy(batch => network.Logits(TorchPolicy.ScoredStates(network, batch)), []);
        var scores = ReferenceScores.Compute(policy, pairs, start.Options.BatchPairs, pad: 0, progress.Add);
        scores.Save(ReferencePath + DurableFiles.Unfinished);
        File.Move(ReferencePath + DurableFiles.Unfinished, ReferencePath);
        return scores;
    }

    /// <summary>Once the outcome is durable nobody needs what was made of people's words, and an erasure would not find it here.</summary>
    async Task ForgetAsync()
    {
        if (Directory.Exists(CandidatePath)) Directory.Delete(CandidatePath, recursive: true);
        await folder.OnceAsync("counts", () => folder.Read<RoundPairs>("pairs").Counts());
        foreach (var file in new[] { folder.File("pairs.json"), ReferencePath, ReferencePath + DurableFiles.Unfinished }) File.Delete(file);
        if (!Directory.Exists(folder.File("experts"))) return;
        foreach (var expert in Directory.EnumerateDirectories(folder.File("experts")))
            if (Path.Combine(expert, ExpertTraining.StateFolder) is var states && Directory.Exists(states)) Directory.Delete(states, recursive: true);
    }
}

// One turn of the circle: votes, pairs, experts, merge, gate, version, promotion. Every stage's result is durable before the next begins,
// so a trainer killed anywhere goes on where it was. Knows the order of the stages; what they do is elsewhere.
using System.Collections.Immutable;
using System.Text.Json;
using Majlis.Evaluation;
using Majlis.Feedback;
using Majlis.Model;
using Majlis.Model.Catalog;
using Majlis.Torch;
using TorchSharp;

namespace Majlis.Trainer;

/// <summary>What a round takes from outside.</summary>
/// <param name="Catalog">Where the candidate goes.</param>
/// <param name="Model">The weights to start from while the catalogue points to no version; null = none.</param>
/// <param name="Votes">All votes after a number.</param>
/// <param name="Position">How far earlier rounds came.</param>
/// <param name="Advance">Says that votes up to a number are used up.</param>
/// <param name="Critical">The tasks that must not be lost.</param>
/// <param name="Say">Takes lines for people.</param>
/// <param name="Time">For progress lines.</param>
public sealed record RoundParts(ModelCatalog Catalog, string? Model, Func<long, Task<IReadOnlyList<StoredVote>>> Votes, Func<Task<long>> Position,
    Func<long, Task> Advance, CriticalItems Critical, Action<string> Say, TimeProvider Time);

public sealed class Round(RoundFolder folder, RoundParts parts, RoundOptions wanted)
{
    public async Task<RoundOutcome> RunAsync()
    {
        var start = await folder.OnceAsync("start", Start);
        var pairs = await folder.OnceAsync("pairs", () => PairsAsync(start));
        if (TooFew(pairs, start) is { } lacking) return await EndAsync(pairs, lacking);
        parts.Say($"round for {start.Version}: {pairs.Training.Length} pairs to train on, {pairs.HeldOut.Length} held out, " +
            $"experts {string.Join(", ", pairs.Experts.Select(expert => $"{expert.Name} ({expert.Pairs.Length})"))}");
        var experts = await TrainAsync(start, pairs);
        if (experts.Where(expert => expert.Refusal is not null).ToArray() is { Length: > 0 } refused)
            return await EndAsync(pairs, new RoundOutcome(null, GateDecision.Refuse, 0, false, [.. refused.Select(expert => $"{expert.Name}: {expert.Refusal}")]));
        var candidate = await folder.OnceAsync("merge", () => CandidateMerge.Write(
            CandidateMerge.Recipe(start.MasterPath, pairs.Experts.Select(expert => (AdapterOf(expert.Name), 1.0))), start.MasterPath, CandidatePath));
        var verdict = await folder.OnceAsync("gate", () =>
            CandidateGate.Judge(start, pairs, Path.Combine(CandidatePath, ModelCatalog.Serve), parts.Critical, parts.Say, parts.Time));
        parts.Say($"gate: {verdict}");
        await folder.OnceAsync("version", () => Publish(start, pairs, experts, candidate, verdict));
        var outcome = await folder.OnceAsync("promotion", () => Promote(start, verdict));
        return await EndAsync(pairs, outcome);
    }

    string CandidatePath => folder.File("candidate");

    string AdapterOf(string expert) => Path.GetFullPath(Path.Combine(folder.Path, "experts", expert, ExpertTraining.AdapterFolder));

    RoundStart Start()
    {
        var current = parts.Catalog.State().Current;
        var (master, serve) = current is null ? (parts.Model, parts.Model) : (parts.Catalog.MasterPath(current), parts.Catalog.ServePath(current));
        if (master is null || serve is null)
            throw new ModelFormatException($"{parts.Catalog.Folder} points to no version: name the model to start from with --model PATH.");
        if (current is not null) parts.Catalog.Verify(current);
        using var checkpoint = Checkpoint.Open(serve);
        var number = parts.Catalog.Versions().Count + 1;
        return new RoundStart(FormattableString.Invariant($"v{number:0000}"), current, Path.GetFullPath(master), Path.GetFullPath(serve),
            checkpoint.WeightsHash, wanted);
    }

    async Task<RoundPairs> PairsAsync(RoundStart start)
    {
        var after = await parts.Position();
        var votes = await parts.Votes(after);
        var set = PreferencePairs.Build(votes, new PairOptions { HeldOutPercent = start.Options.HeldOutPercent, Seed = start.Options.Seed });
        return new RoundPairs(after, votes.Count == 0 ? after : votes[^1].Number, votes.Count, set.Training, set.HeldOut,
            set.Excluded.ToImmutableSortedDictionary(entry => entry.Key.ToString(), entry => entry.Value),
            ExpertSplit.Of(set.Training, start.Options.Experts, start.Options.LeastPairs));
    }

    /// <summary>Votes that cannot make a candidate worth judging cost no training.</summary>
    static RoundOutcome? TooFew(RoundPairs pairs, RoundStart start)
    {
        var policy = GatePolicy.Find(start.Options.Policy)!;
        var missing = Math.Max(policy.LeastItems - pairs.HeldOut.Length, 0);
        if (pairs.Training.Length >= start.Options.LeastPairs && missing == 0) return null;
        var needed = (int)Math.Ceiling(Math.Max(missing * 100 / start.Options.HeldOutPercent, start.Options.LeastPairs - pairs.Training.Length));
        return new RoundOutcome(null, GateDecision.NotEnoughEvidence, needed, false,
            [$"{pairs.Votes} votes gave {pairs.Training.Length} pairs and {pairs.HeldOut.Length} held-out ones; {policy}"]);
    }

    async Task<IReadOnlyList<ExpertResult>> TrainAsync(RoundStart start, RoundPairs pairs)
    {
        var network = new Lazy<Transformer>(() => Open(start));
        try
        {
            var results = new List<ExpertResult>();
            var all = pairs.Training.Select(Convert).Select(pair => pair.CutTo(start.Options.MaxLength)).OfType<TrainingPair>().ToArray();
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
        var path = folder.File("reference.safetensors");
        if (File.Exists(path)) return ReferenceScores.Load(path);
        parts.Say($"scoring {pairs.Length} pairs under the weights the round starts from");
        var progress = new ScoringProgress("scored", pairs.Length, parts.Say, parts.Time);
        network.Attach(null);
        var policy = new Policy(batch => network.Logits(TorchPolicy.ScoredStates(network, batch)), []);
        var scores = ReferenceScores.Compute(policy, pairs, start.Options.BatchPairs, pad: 0, progress.Add);
        scores.Save(path + DurableFiles.Unfinished);
        File.Move(path + DurableFiles.Unfinished, path);
        return scores;
    }

    Manifest Publish(RoundStart start, RoundPairs pairs, IReadOnlyList<ExpertResult> experts, CandidateResult candidate, GateVerdict verdict)
    {
        if (parts.Catalog.Versions().Contains(start.Version)) return parts.Catalog.Read(start.Version); // killed right after the commit
        var draft = parts.Catalog.Begin(start.Version);
        foreach (var name in new[] { ModelCatalog.Master, ModelCatalog.Serve })
            foreach (var file in Directory.EnumerateFiles(Path.Combine(CandidatePath, name)))
                File.Copy(file, Path.Combine(draft.Folder, name, Path.GetFileName(file)));
        return draft.Commit(new Manifest
        {
            Id = start.Version,
            Parents = [start.Parent ?? start.WeightsHash],
            Recipe = JsonSerializer.SerializeToElement(new { merge = candidate.Recipe, tensors = candidate.TensorHashes, experts }),
            Votes = [.. pairs.Training.Concat(pairs.HeldOut).Select(pair => pair.VoteId)],
            Options = JsonSerializer.SerializeToElement(start.Options),
            Seed = start.Options.Seed,
            Gate = JsonSerializer.SerializeToElement(new { decision = verdict.Decision.ToString(), verdict.Reasons, policy = verdict.Policy.ToString(), verdict.Evidence }),
        });
    }

    RoundOutcome Promote(RoundStart start, GateVerdict verdict)
    {
        RoundOutcome End(bool promoted, params ReadOnlySpan<string> more) =>
            new(start.Version, verdict.Decision, verdict.VotesNeeded, promoted, [.. verdict.Reasons, .. more]);
        if (verdict.Decision != GateDecision.Promote) return End(false);
        var state = parts.Catalog.State();
        if (state.Current == start.Version) return End(true); // killed right after the swap
        if (state.Current != start.Parent) return End(false, $"the current version became {state.Current ?? "none"} while {start.Version} was made from {start.Parent ?? "the named model"}");
        return parts.Catalog.TrySwap(state, state.Promote(start.Version)) ? End(true) : End(false, "the catalogue's pointer was moved by somebody else");
    }

    /// <summary>Votes are used up by a verdict; where evidence is lacking they stay for the next round.</summary>
    async Task<RoundOutcome> EndAsync(RoundPairs pairs, RoundOutcome outcome)
    {
        if (outcome.Decision != GateDecision.NotEnoughEvidence) await parts.Advance(pairs.Through);
        if (Directory.Exists(CandidatePath)) Directory.Delete(CandidatePath, recursive: true);
        return await folder.OnceAsync("end", () => outcome);
    }
}

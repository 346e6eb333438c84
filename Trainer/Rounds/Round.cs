// One training round: votes, pairs, experts, merge, gate, version, promotion. Every stage's result is durable before the next begins,
// so a killed trainer continues where it was. Knows the order of the stages; other files do the work.
using System.Collections.Immutable;
using Majlis.Evaluation;
using Majlis.Feedback.Pairs;
using Majlis.Feedback.Votes;
using Majlis.Model;
using Majlis.Model.Catalog;
using Majlis.Model.Hashes;
using Majlis.Text;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Replay;

namespace Majlis.Trainer.Rounds;

/// <summary>What a round gets from outside.</summary>
/// <param name="Catalog">The catalogue the candidate goes to.</param>
/// <param name="Model">The weights to start from while the catalogue points to no version; null = none.</param>
/// <param name="Votes">The source of its votes.</param>
/// <param name="Critical">The tasks that must not be lost.</param>
/// <param name="Say">Gets lines for people.</param>
/// <param name="Progress">Gets the progress of long work.</param>
/// <param name="Time">For progress.</param>
public sealed record RoundParts(ModelCatalog Catalog, string? Model, VoteSource Votes, CriticalItems Critical, Action<string> Say,
    IProgress<string> Progress, TimeProvider Time)
{
    /// <summary>Gets every finished training step, with its expert's name.</summary>
    public Action<string, StepMetrics> Stepped { get; init; } = (_, _) => { };

    /// <summary>Gets the gate's verdict.</summary>
    public Action<GateVerdict> Judged { get; init; } = _ => { };

    /// <summary>Fixed tasks that a candidate must not lose, beside <see cref="Critical"/>.</summary>
    public IReadOnlyList<AnswerItem> Tasks { get; init; } = [];

    /// <summary>Whether other processes train the experts, and the round waits for them.</summary>
    public bool ExpertJobs { get; init; }
}

public sealed class Round(RoundFolder folder, RoundParts parts, RoundOptions wanted)
{
    /// <exception cref="RoundConflictException">
    /// The unfinished round is another reader's, or its version's name was taken meanwhile.
    /// </exception>
    public async Task<RoundOutcome> RunAsync()
    {
        var start = await folder.OnceAsync("start", Start);
        if (start.Reader != parts.Votes.Reader)
            throw new RoundConflictException(
                $"{folder.Path}: this round was begun under --reader {start.Reader}; end it under that name, " +
                $"or delete its folder, before one begins under --reader {parts.Votes.Reader}.");
        await DropErasedAsync();
        var outcome = await folder.OnceAsync("outcome", () => OutcomeAsync(start));
        if (outcome.Judged) await parts.Votes.Advance(outcome.Through);
        await ForgetAsync();
        return await folder.OnceAsync("end", () => outcome);
    }

    async Task<RoundOutcome> OutcomeAsync(RoundStart start)
    {
        var pairs = await folder.OnceAsync("pairs", () => PairsAsync(start));
        if (RoundVotes.TooFew(pairs, start.Options) is { } lacking) return lacking;
        parts.Say($"round for {start.Version}: {pairs.Training.Length} pairs to train on, "
            + $"{pairs.HeldOut.Length} held out{RoundVotes.LeftOut(pairs)}, "
            + $"experts {string.Join(", ", pairs.Experts.Select(expert => $"{expert.Name} ({expert.Pairs.Length})"))}");
        foreach (var doubt in pairs.Doubts) parts.Say(doubt);
        var training = new RoundTraining(folder, start, parts.Say, parts.Progress, parts.Time) { Stepped = parts.Stepped };
        var experts = await (parts.ExpertJobs ? training.AwaitAsync(pairs) : training.RunAsync(pairs, pairs.Experts));
        if (experts.Where(expert => expert.Refusal is not null).ToArray() is { Length: > 0 } refused)
            return RoundOutcome.Unjudged(GateDecision.Refuse, 0, pairs.Through,
                [.. refused.Select(expert => $"{expert.Name}: {expert.Refusal}")]);
        var candidate = await folder.OnceAsync("merge",
            () => Merge(start, pairs, [.. pairs.Experts.Select(expert => training.AdapterOf(expert.Name))]));
        var verdict = await folder.OnceAsync("gate", () =>
            CandidateGate.JudgeAsync(start, pairs, Path.Combine(CandidatePath, ModelCatalog.Serve), parts));
        parts.Say($"gate: {verdict}");
        parts.Judged(verdict);
        var publication = new Publication(folder, parts.Catalog, start);
        await folder.OnceAsync("version", () => publication.Publish(pairs, experts, candidate, CandidatePath, verdict, training.AdapterOf));
        return await folder.OnceAsync("promotion", () => publication.Promote(verdict, pairs));
    }

    string CandidatePath => folder.File("candidate");

    CandidateResult Merge(RoundStart start, RoundPairs pairs, string[] adapters)
    {
        CandidateResult Write(ImmutableArray<double> weights)
        {
            var recipe = CandidateMerge.Recipe(start.MasterPath, [.. adapters.Zip(weights)]);
            return CandidateMerge.Write(recipe, start.MasterPath, CandidatePath) with { Weights = weights };
        }

        return start.Options.Weights == ExpertWeights.Search && adapters.Length > 1
            ? WeightSearch.Run(pairs, Write, Path.Combine(CandidatePath, ModelCatalog.Serve), parts)
            : Write(ExpertWeights.Of(adapters.Length > 1 ? start.Options.Weights : ExpertWeights.Equal, pairs.Experts));
    }

    RoundStart Start()
    {
        var current = parts.Catalog.State().Current;
        var (master, serve) = current is null
            ? (parts.Model, parts.Model) : (parts.Catalog.MasterPath(current), parts.Catalog.ServePath(current));
        if (master is null || serve is null)
            throw new ModelFormatException($"{parts.Catalog.Folder} points to no version, and there is no starter in models/starter: "
                + "name the model to start from with --model PATH or ORG/NAME.");
        if (current is not null) parts.Catalog.Verify(current);
        using var checkpoint = Checkpoint.Open(serve);
        if (wanted.LayerNumbers.Where(layer => layer >= checkpoint.Blueprint.Layers.Length).ToArray() is [var absent, ..])
            throw new ModelFormatException($"--layers: there is no layer {absent}: {serve} has {checkpoint.Blueprint.Layers.Length}, "
                + "counted from 0.");
        var replay = CopyReplay(checkpoint);
        return new RoundStart(Publication.NextVersion(parts.Catalog), current, Path.GetFullPath(master), Path.GetFullPath(serve),
            checkpoint.WeightsHash, parts.Votes.Reader, wanted)
        {
            Replay = replay,
            ReplayHash = replay is null ? null : FileHash.Of(folder.File(replay)),
        };
    }

    /// <summary>Copies the rows beside votes into the round's folder, where processes that train experts find them.</summary>
    string? CopyReplay(Checkpoint model)
    {
        if (wanted.Replay is not { } path) return null;
        _ = ReplayRows.Read([path], model, wanted.MaxLength, parts.Time); // a wrong row is named where its writer finds it
        var name = "replay" + Path.GetExtension(path);
        DurableFiles.Replace(folder.File(name), File.ReadAllBytes(path));
        return name;
    }

    async Task<RoundPairs> PairsAsync(RoundStart start)
    {
        var after = await parts.Votes.Position();
        var newest = await parts.Votes.Newest(); // asked first: every vote up to it is read next, or erased
        using var model = Checkpoint.Open(start.MasterPath);
        var pairs = RoundVotes.Pairs(after, await parts.Votes.After(after), Known(start), model.Blueprint.VocabularySize, start.Options);
        return pairs with { Through = Math.Max(pairs.Through, newest) };
    }

    /// <summary>
    /// A round that goes on after a pause must not learn from votes that were erased meanwhile, nor keep their texts: it reads its votes
    /// again. Not where other processes may be training on them; their texts go when the round ends.
    /// </summary>
    async Task DropErasedAsync()
    {
        if (parts.ExpertJobs || !folder.Has("pairs") || folder.Has("merge") || folder.Has("outcome")) return;
        var pairs = folder.Read<RoundPairs>("pairs");
        if (await parts.Votes.Erased(pairs.Counts().VoteIds) is not { Count: > 0 } erased) return;
        parts.Say($"{erased.Count} of the round's votes were erased meanwhile: it reads its votes again");
        RoundTraining.Undo(folder, pairs);
        File.Delete(folder.File("pairs.json"));
    }

    /// <summary>
    /// Hashes and ids of the weights whose answers can be learnt from: the round's starting weights, all versions (pruned ones too), and
    /// what those were made from.
    /// </summary>
    HashSet<string> Known(RoundStart start) => [start.WeightsHash, .. parts.Catalog.Readable().Concat(parts.Catalog.Pruned())
        .SelectMany(manifest => manifest.Parents.Add(manifest.Id).Add(manifest.WeightsHash))];

    /// <summary>Deletes the users' texts once the outcome is durable: nobody needs them, and an erasure would not find them here.</summary>
    async Task ForgetAsync()
    {
        if (Directory.Exists(CandidatePath)) Directory.Delete(CandidatePath, recursive: true);
        await folder.OnceAsync("counts", () => folder.Read<RoundPairs>("pairs").Counts());
        File.Delete(folder.File("pairs.json"));
        RoundTraining.Forget(folder);
    }
}

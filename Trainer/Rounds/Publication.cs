// Publishes the candidate in the catalogue: its version number, its files with their recipe, the move of the pointer. Killed anywhere,
// it continues and never takes another's version or move for its own. Knows vote ids only, and no training.
using System.Globalization;
using System.Text.Json;
using Majlis.Evaluation;
using Majlis.Model.Adapters;
using Majlis.Model.Catalog;

namespace Majlis.Trainer.Rounds;

sealed class Publication(RoundFolder folder, ModelCatalog catalog, RoundStart start)
{
    const string Swap = "swap";

    /// <summary>
    /// One above every version that exists (whole or damaged), was pruned, or is named by the pointer, so that a name never means other
    /// weights.
    /// </summary>
    public static string NextVersion(ModelCatalog catalog)
    {
        var state = catalog.State();
        var taken = catalog.Names().Concat(state.Named);
        return FormattableString.Invariant($"v{taken.Select(Number).DefaultIfEmpty().Max() + 1:0000}");
    }

    static int Number(string version) =>
        version.StartsWith('v') && int.TryParse(version.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : 0;

    /// <param name="adapterOf">The folder of an expert's adapter.</param>
    public Manifest Publish(RoundPairs pairs, IReadOnlyList<ExpertResult> experts, CandidateResult candidate, string candidatePath,
        GateVerdict verdict, Func<string, string> adapterOf)
    {
        var recipe = JsonSerializer.SerializeToElement(
            new
            {
                merge = candidate.Recipe,
                search = candidate.Search,
                tensors = candidate.TensorHashes,
                experts,
                replay_sha256 = start.ReplayHash,
            }, TrainerJson.Plain);
        if (catalog.Names().Contains(start.Version)) return OfThisRound(recipe);
        var draft = catalog.Begin(start.Version);
        foreach (var name in new[] { ModelCatalog.Master, ModelCatalog.Serve })
            Copy(Path.Combine(candidatePath, name), Path.Combine(draft.Folder, name));
        WeightedAdapter[] adapters =
            [.. pairs.Experts.Zip(candidate.Weights, (expert, weight) => new WeightedAdapter(expert.Name, weight))];
        foreach (var (expert, _) in adapters)
            foreach (var file in new[] { AdapterConfig.FileName, LowRankAdapter.FileName })
                CopyFile(Path.Combine(adapterOf(expert), file), Path.Combine(draft.AdapterFolder(expert), file));
        return draft.Commit(new Manifest
        {
            Id = start.Version,
            Parents = [start.Parent ?? start.WeightsHash],
            Recipe = recipe,
            Adapters = adapters,
            Votes = [.. pairs.Training.Concat(pairs.HeldOut).Select(pair => pair.Id)],
            Options = JsonSerializer.SerializeToElement(start.Options, TrainerJson.Plain),
            Seed = start.Options.Seed,
            Gate = JsonSerializer.SerializeToElement(new
            {
                decision = verdict.Decision.ToString(),
                verdict.Reasons,
                pairs.Doubts,
                policy = verdict.Policy.ToString(),
                verdict.Evidence,
            }, TrainerJson.Plain),
        });
    }

    /// <summary>
    /// A round killed right after the commit finds its own version: the recipe names the round's adapters and every tensor's hash.
    /// </summary>
    Manifest OfThisRound(JsonElement recipe)
    {
        var there = catalog.Read(start.Version);
        if (there.Recipe is { } other && JsonElement.DeepEquals(other, recipe)) return there;
        throw new RoundConflictException(
            $"{Path.Combine(catalog.Folder, start.Version)}: this version was not made by the round in {folder.Path}, " +
            $"which is to make '{start.Version}' itself; move the version away, or delete the round's folder to begin the round anew.");
    }

    static void Copy(string from, string to)
    {
        foreach (var path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            CopyFile(path, target);
        }
    }

    static void CopyFile(string from, string to)
    {
        using var read = File.OpenRead(from);
        using var written = File.Create(to); // not File.Copy: a catalogue may let others read a version, but never a round's file
        read.CopyTo(written);
    }

    /// <summary>Moves the pointer if the gate said so and the pointer is still where the round started.</summary>
    public RoundOutcome Promote(GateVerdict verdict, RoundPairs pairs)
    {
        RoundOutcome End(bool promoted, bool judged, params ReadOnlySpan<string> more) =>
            new(start.Version, verdict.Decision, verdict.VotesNeeded, promoted, judged, pairs.Through,
                [.. verdict.Reasons, .. pairs.Doubts, .. more]);
        if (verdict.Decision != GateDecision.Promote) return End(false, judged: verdict.Decision == GateDecision.Refuse);
        // A killed try may have moved the pointer from this generation; a later generation may be an operator's answer to that.
        long? tried = folder.Has(Swap) ? folder.Read<long>(Swap) : null;
        while (true)
        {
            var state = catalog.State();
            if (state.Current == start.Version) return End(true, judged: true);
            if (tried is { } generation && state.Generation != generation)
                return End(false, judged: state.Previous == start.Version,
                    $"the pointer was moved after generation {generation}, perhaps back from {start.Version}: "
                    + "it is not promoted a second time");
            if (state.Current != start.Parent)
                return End(false, judged: false,
                    $"the current version became {state.Current ?? "none"} "
                    + $"while {start.Version} was made from {start.Parent ?? "the named model"}");
            folder.Replace(Swap, state.Generation);
            var note = new MoveNote("trainer", MoveNote.Promote, string.Join(' ', verdict.Reasons));
            if (catalog.TrySwap(state, state.Promote(start.Version), note)) return End(true, judged: true);
            tried = null; // that move was not ours
        }
    }
}

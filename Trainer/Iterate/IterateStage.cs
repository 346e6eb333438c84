// Round after round: sample, score, pair, train, and go on from what came out. Each round's reference is the version it begins with. May be
// killed at any moment; finished parts are not done again. Knows no scorer's kind.
using Majlis.Model;
using Majlis.Model.Catalog;
using Majlis.Model.Hashes;
using Majlis.Trainer.Offline;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Rounds;
using Majlis.Trainer.Stages;

namespace Majlis.Trainer.Iterate;

/// <param name="options">The recipe.</param>
/// <param name="model">The first version on this machine.</param>
/// <param name="scorer">Tells good answers from bad ones.</param>
/// <param name="run">Folder, clock, and where lines go.</param>
/// <param name="stepped">Gets every training step's metrics.</param>
sealed class IterateStage(IterateOptions options, string model, IAnswerScorer scorer, StageRun run, Action<StepMetrics> stepped)
{
    /// <summary>Why a round's result must not be used; null where all rounds ended well.</summary>
    public async Task<string?> RunAsync()
    {
        using var held = run.Folder.Lock();
        run.Folder.Begin(new StageStart("iterate", options, FileHash.OfAll(options.Data), HashOf(model)));
        var prompts = PromptRow.Read(options.Data, options.Scorer == "checkers");
        var (master, serve) = (model, model);
        for (var round = 1; round <= options.Rounds; round++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(run.Folder.Path, FormattableString.Invariant($"round-{round}"))).FullName;
            var pairs = Path.Combine(folder, "pairs.jsonl");
            await new AnswerSampling(options, scorer, run).WriteAsync(serve, prompts, round, pairs);
            var own = run with { Folder = new StageFolder(Path.Combine(folder, "train")) };
            var recipe = options with { Model = master, Data = [pairs], Seed = options.Seed + round - 1 };
            if (new TunedStage(new PairTask(recipe, null), master, own, stepped).Run() is { } refusal) return $"round {round}: {refusal}";
            (master, serve) = Versions(master, own.Folder.Finished, Path.Combine(folder, "merged"));
        }
        run.Say($"done: {serve}");
        return null;
    }

    static string HashOf(string model)
    {
        using var checkpoint = Checkpoint.Open(model);
        return checkpoint.WeightsHash;
    }

    /// <summary>What the next round trains from and samples from; an adapter is merged first.</summary>
    static (string Master, string Serve) Versions(string master, string finished, string merged)
    {
        var adapter = Path.Combine(finished, "adapter");
        if (!Directory.Exists(adapter)) return (Path.Combine(finished, ModelCatalog.Master), Path.Combine(finished, ModelCatalog.Serve));
        if (!Directory.Exists(merged)) CandidateMerge.Write(CandidateMerge.Recipe(master, [(adapter, 1.0)]), master, merged);
        return (Path.Combine(merged, ModelCatalog.Master), Path.Combine(merged, ModelCatalog.Serve));
    }
}

// What a stage's task needs of its surroundings: the folder, the clock, and where lines for people go. Knows no task.
using Majlis.Model;
using Majlis.Trainer.Data;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Sequences;

namespace Majlis.Trainer.Stages;

/// <param name="Folder">Where everything is kept.</param>
/// <param name="Say">Gets a line for each thing that happens once.</param>
/// <param name="Progress">Gets the progress of long work.</param>
/// <param name="Time">The clock.</param>
sealed record StageRun(StageFolder Folder, Action<string> Say, IProgress<string> Progress, TimeProvider Time)
{
    /// <exception cref="Text.ModelFormatException">The model has no tokenizer, or one that its network does not fit.</exception>
    public RowEncoder Encoder(Checkpoint checkpoint, int maxLength, bool wholeText = false) =>
        ModelEncoder.Of(checkpoint, maxLength, wholeText, Time);

    /// <summary>
    /// Scores of the batches' rows, computed once a folder. The folder belongs to one recipe, model and data, so they are the cache's key.
    /// </summary>
    /// <param name="policy">The reference.</param>
    /// <param name="batches">Rows that are computed together.</param>
    /// <param name="cache">Names the file.</param>
    public ReferenceScores Reference(Policy policy, IReadOnlyList<IReadOnlyList<TokenRow>> batches, string cache = "reference")
    {
        var path = Path.Combine(Folder.Path, cache + ".safetensors");
        if (File.Exists(path)) return ReferenceScores.Load(path);
        var scoring = new ScoringProgress("scored", batches.Sum(batch => batch.Count), Progress, Time);
        var scores = ReferenceScores.Compute(policy, batches, pad: 0, scoring.Add);
        scores.Save(path + DurableFiles.Unfinished);
        File.Move(path + DurableFiles.Unfinished, path);
        return scores;
    }
}

// One process's share of the experts of the round under way. Any number of such processes divide the experts without talking to each
// other. Knows the round's folder; knows no votes and no catalogue pointer.
using Majlis.Trainer.Optimization;

namespace Majlis.Trainer.Rounds;

/// <param name="catalog">The catalogue's folder.</param>
/// <param name="index">The number of this share, from 0.</param>
/// <param name="of">How many shares there are.</param>
public sealed class ExpertShare(string catalog, int index, int of)
{
    /// <summary>Gets every finished training step, with its expert's name.</summary>
    public Action<string, StepMetrics> Stepped { get; init; } = (_, _) => { };

    /// <summary>Trains the share's experts; returns how many there are, 0 where no round is planned.</summary>
    /// <exception cref="RoundConflictException">Another process trains one of them, or the round's files are damaged.</exception>
    public async Task<int> TrainAsync(Action<string> say, IProgress<string> progress, TimeProvider time, Action<string> afterStage)
    {
        if (RoundFolders.UnderWay(catalog, afterStage) is not { } folder || !RoundTraining.IsPlanned(folder))
        {
            say("no round waits for its experts: nothing to do");
            return 0;
        }
        var pairs = folder.Read<RoundPairs>("pairs");
        var own = pairs.Experts.Where((_, at) => at % of == index).ToArray();
        say($"share {index} of {of}: {(own.Length == 0 ? "no expert" : string.Join(", ", own.Select(expert => expert.Name)))}");
        await new RoundTraining(folder, folder.Read<RoundStart>("start"), say, progress, time) { Stepped = Stepped }.RunAsync(pairs, own);
        return own.Length;
    }
}

// `expert`: trains some of the experts of the round under way, beside a trainer that waits for them. Each pod of an indexed Kubernetes Job
// is one such process. Knows the round's folder, and neither votes nor the catalogue's pointer.
using System.CommandLine;
using Majlis.CommandLine;
using Majlis.Text;
using Majlis.Torch;
using Majlis.Trainer.Data;
using Majlis.Trainer.Operations;
using Majlis.Trainer.Rounds;

namespace Majlis.Trainer;

static class ExpertCommand
{
    /// <param name="sources">Where options come from.</param>
    /// <param name="catalog">The trainer's option of that name.</param>
    /// <param name="metricsUrls">The trainer's option of that name.</param>
    public static Command Build(OptionSources sources, HostOption<string> catalog, HostOption<string?> metricsUrls)
    {
        catalog.Recursive = true;
        var index = sources.Whole("--index", "Number of this process among --of, from 0: it trains the experts index, index + of, ...", 0);
        var of = sources.Whole("--of", "How many such processes there are.", 1);
        var command = new Command("expert", "Trains experts of the round under way for a trainer started with --expert-jobs; "
            + "exit 0 done or nothing to do, 1 not finished: run again to go on.") { index, of, metricsUrls };
        command.SetAction(parsed =>
            RunAsync(parsed.GetValue(catalog)!, parsed.GetValue(index), parsed.GetValue(of), parsed.GetValue(metricsUrls)));
        return command;
    }

    static async Task<int> RunAsync(string catalog, int index, int of, string? metricsUrls)
    {
        // Checked here, where what stands in the environment has been read too.
        string[] wrong = [.. Problems(index, of, metricsUrls)];
        foreach (var line in wrong) await Console.Error.WriteLineAsync(line);
        if (wrong.Length > 0) return HostCommand.WrongOptions;
        NativeRuntime.Prepare(NativeRuntime.TrainingBlock);
        try
        {
            var metrics = new TrainingMetrics();
            using var address = new MetricsAddress(MetricsAddress.Split(metricsUrls), metrics.Registry);
            var share = new ExpertShare(catalog, index, of) { Stepped = metrics.Stepped };
            await StatusDisplay.RunAsync(Console.Out, display => share.TrainAsync(display.Say, display, TimeProvider.System, _ => { }));
            return 0;
        }
        catch (Exception stop) when (stop is RoundConflictException or ModelFormatException or DataException or IOException
            or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(stop.Message);
            return (int)TrainerExit.Failed;
        }
    }

    static IEnumerable<string> Problems(int index, int of, string? metricsUrls)
    {
        if (of < 1 || index < 0 || index >= of) yield return $"--index: {index} is not one of 0 to --of {of} less one.";
        foreach (var problem in MetricsAddress.Problems(metricsUrls)) yield return problem;
    }
}

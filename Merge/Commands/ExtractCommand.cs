// `extract BASE TUNED OUT`: an adapter from what training changed. Knows options and words.
using System.CommandLine;
using System.Globalization;
using Majlis.CommandLine;
using Majlis.Merge.Adapters;

namespace Majlis.Merge.Commands;

static class ExtractCommand
{
    public static Command Build()
    {
        var sources = new OptionSources(_ => null);
        var origin = new Argument<string>("base") { HelpName = "BASE", Description = "The model before training." };
        var tuned = new Argument<string>("tuned") { HelpName = "TUNED", Description = "The same model after it." };
        var output = new Argument<string>("output") { HelpName = "OUT", Description = "A new folder for the adapter, in peft's layout." };
        var rank = sources.Whole("--rank", "The adapter's rank.", 16);
        var whole = sources.Flag("--whole", "Also keep, as whole tensors, what has no low rank: embeddings, head, norms that changed.");
        var command = new Command("extract", "Makes a LoRA adapter of what training changed, by truncated singular value decomposition.")
        {
            origin, tuned, output, rank, whole,
        };
        command.SetAction(parsed => MergeCommand.TryAsync(display =>
        {
            Extract(parsed.GetValue(origin)!, parsed.GetValue(tuned)!, parsed.GetValue(output)!, parsed.GetValue(rank),
                parsed.GetValue(whole), display);
            return Task.CompletedTask;
        }));
        return command;
    }

    static void Extract(string origin, string tuned, string output, int rank, bool whole, StatusDisplay display)
    {
        if (rank < 1) throw new MergeRecipeException($"--rank: {rank} is less than 1.");
        var report = AdapterExtraction.Run(origin, tuned, output, rank, whole, display);
        foreach (var part in report.Parts.OrderByDescending(part => part.Error).Take(5))
            display.Say(Line(part.Module, part.Error, part.Length));
        if (report.Parts.Length > 5) display.Say($"  and {report.Parts.Length - 5} modules with smaller errors");
        foreach (var name in report.LeftOut) display.Say($"warning: {name} changed and is not in the adapter; --whole keeps it");
        display.Say(string.Create(CultureInfo.InvariantCulture,
            $"{report.Parts.Length} modules at rank {rank} in {output}; {100 * report.Error:0.###} % of all changes' length is lost"));
    }

    static string Line(string module, double error, double length) => string.Create(CultureInfo.InvariantCulture,
        $"  {module}: {100 * error / Math.Max(length, double.Epsilon):0.###} % of a change of length {length:0.####} is lost");
}

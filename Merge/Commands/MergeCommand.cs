// `RECIPE OUT`: prints the plan, then merges. `extract` and `combine` stand beside it. Knows options and words; the work is done elsewhere.
using System.CommandLine;
using Majlis.CommandLine;
using Majlis.Hub;
using Majlis.Merge.Recipes;
using Majlis.Text;

namespace Majlis.Merge.Commands;

public static class MergeCommand
{
    const int Failed = 1;

    public static HostCommand Build()
    {
        var sources = new OptionSources(_ => null);
        var recipe = new Argument<string>("recipe")
        {
            HelpName = "RECIPE",
            Description = "A file in mergekit's YAML. Its paths are meant from here.",
        };
        var output = new Argument<string>("output") { HelpName = "OUT", Description = "A new folder for the merged model." };
        var dryRun = sources.Flag("--dry-run", "Print the plan, with everything checked that needs no numbers, and stop.");
        var seed = sources.Whole("--seed", "What dare and della draw from; the same seed gives the same model.", 0);
        var shard = sources.Whole("--shard-size", "Megabytes of tensors in a file, at most.", 5000);
        var threads = sources.Whole("--threads", "Tensors computed at a time; 0 is one for each core.", 0);
        var pull = sources.Flag("--pull", "Bring models that are no folders but names of the Hugging Face hub, ORG/NAME.");
        var root = new RootCommand("Merges models by a recipe in mergekit's YAML.") { recipe, output, dryRun, pull, seed, shard, threads };
        root.Subcommands.Add(ExtractCommand.Build());
        root.Subcommands.Add(CombineCommand.Build());
        root.SetAction(parsed => TryAsync(async display =>
        {
            var options = new MergeOptions
            {
                Seed = parsed.GetValue(seed),
                ShardBytes = parsed.GetValue(shard) * 1_000_000L,
                Workers = parsed.GetValue(threads) is > 0 and var some ? some : Environment.ProcessorCount,
            };
            Merger.CheckOutput(parsed.GetValue(output)!);
            var read = MergeRecipe.Read(parsed.GetValue(recipe)!);
            var places = parsed.GetValue(pull) ? await HubPlaces.FindAsync(read, display) : null;
            using var plan = MergePlan.Create(read, "", options.Seed, places);
            Merge(plan, parsed.GetValue(output)!, options, parsed.GetValue(dryRun), display);
        }));
        return new HostCommand(root, values =>
            [.. Problems(values.Of(shard), "--shard-size", 1), .. Problems(values.Of(threads), "--threads", 0)]);
    }

    /// <summary>Runs work that prints; what a person can mend becomes one line, and exit code 1.</summary>
    internal static Task<int> TryAsync(Func<StatusDisplay, Task> work) => StatusDisplay.RunAsync(Console.Out, async display =>
    {
        try
        {
            await work(display);
            return 0;
        }
        catch (Exception wrong) when (wrong is MergeRecipeException or ModelFormatException or HubException or IOException
            or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return Failed;
        }
    });

    static void Merge(MergePlan plan, string output, MergeOptions options, bool dryRun, StatusDisplay display)
    {
        foreach (var line in PlanText.Lines(plan, output, options)) display.Say(line);
        if (dryRun) return;
        var progress = new ProgressLine(display, TimeProvider.System);
        Merger.Publish(plan, output, options with { Progress = progress });
        display.Say($"{plan.Tensors.Length} tensors in {output}, {progress.Summary(plan.Bytes)}; their hashes are in {ResultFiles.Record}");
    }

    static IEnumerable<string> Problems(int value, string option, int least) =>
        value >= least ? [] : [$"{option}: {value} is less than {least}."];
}

// `combine OUT ADAPTER=WEIGHT ...`: one adapter from several. Knows options and words.
using System.CommandLine;
using System.Globalization;
using Majlis.CommandLine;
using Majlis.Merge.Adapters;

namespace Majlis.Merge.Commands;

static class CombineCommand
{
    public static Command Build()
    {
        var sources = new OptionSources(_ => null);
        var output = new Argument<string>("output") { HelpName = "OUT", Description = "A new folder for the adapter, in peft's layout." };
        var adapters = new Argument<string[]>("adapters")
        {
            HelpName = "ADAPTER=WEIGHT",
            Description = "Folders in peft's layout, each with its weight; 1 where none is given.",
            Arity = ArgumentArity.OneOrMore,
        };
        var type = sources.Text("--type", $"How, under peft's names: {string.Join(", ", CombinationOptions.Types)}.", "cat");
        var density = sources.Number("--density", "The share of elements that ties and magnitude_prune keep.", 1);
        var rank = sources.Whole("--rank", "Of the svd kinds; 0 is the adapters' largest.", 0);
        var byCount = sources.Flag("--by-count", "Ties elects the sign that most adapters have, not that of their sum.");
        var command = new Command("combine", "Makes one LoRA adapter of several, as peft's add_weighted_adapter does.")
        {
            output, adapters, type, density, rank, byCount,
        };
        command.SetAction(parsed => MergeCommand.TryAsync(display =>
        {
            var given = parsed.GetValue(adapters)!.Select(Split).ToArray();
            var options = new CombinationOptions(parsed.GetValue(type)!, [.. given.Select(each => each.Weight)], parsed.GetValue(density),
                parsed.GetValue(rank) is > 0 and var some ? some : null, parsed.GetValue(byCount));
            Check(options);
            var made = AdapterCombination.Run([.. given.Select(each => each.Folder)], parsed.GetValue(output)!, options);
            display.Say($"{given.Length} adapters in {parsed.GetValue(output)}, rank {made}, by {options.Type}");
            return Task.CompletedTask;
        }));
        return command;
    }

    static void Check(CombinationOptions options)
    {
        if (!CombinationOptions.Types.Contains(options.Type))
            throw new MergeRecipeException($"--type: '{options.Type}' is none of {string.Join(", ", CombinationOptions.Types)}");
        if (options.Density is not (> 0 and <= 1))
            throw new MergeRecipeException($"--density: {options.Density.ToString(CultureInfo.InvariantCulture)} is not in (0, 1]");
    }

    static (string Folder, double Weight) Split(string given)
    {
        var at = given.LastIndexOf('=');
        if (at < 0 || Directory.Exists(given)) return (given, 1);
        return double.TryParse(given[(at + 1)..], CultureInfo.InvariantCulture, out var weight) && double.IsFinite(weight)
            ? (given[..at], weight) : throw new MergeRecipeException($"{given}: '{given[(at + 1)..]}' is no weight");
    }
}

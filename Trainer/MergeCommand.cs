// `merge RECIPE FOLDER`: merges models by a recipe in mergekit's YAML. Knows no votes and no round.
using System.CommandLine;
using Majlis.Merge;
using Majlis.Text;

namespace Majlis.Trainer;

static class MergeCommand
{
    public static Command Build()
    {
        var recipe = new Argument<string>("recipe") { HelpName = "RECIPE", Description = "A file in mergekit's YAML." };
        var folder = new Argument<string>("folder") { HelpName = "FOLDER", Description = "A new folder for the merged model." };
        var command = new Command("merge", "Merges models by a recipe in mergekit's YAML.") { recipe, folder };
        command.SetAction(parsed => Run(parsed.GetValue(recipe)!, parsed.GetValue(folder)!));
        return command;
    }

    // Paths in a recipe are meant from where the command is given, as mergekit takes them.
    static int Run(string recipe, string folder)
    {
        try
        {
            var report = Merger.Run(recipe, "", folder);
            foreach (var warning in report.Warnings) Console.Error.WriteLine($"warning: {warning}");
            Console.WriteLine($"{report.TensorHashes.Count} tensors in {folder}");
            return 0;
        }
        catch (Exception wrong) when (wrong is MergeRecipeException or ModelFormatException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(wrong.Message);
            return (int)TrainerExit.Failed;
        }
    }
}

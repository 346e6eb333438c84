// `dpo RECIPE FOLDER`: trains all weights of a model on given preference pairs. Knows no votes.
using System.CommandLine;
using Majlis.CommandLine;
using Majlis.Text;
using Majlis.Torch;
using Majlis.Trainer.Offline;
using Majlis.Trainer.Supervised;
using Majlis.Trainer.Supervised.Data;

namespace Majlis.Trainer;

static class DpoCommand
{
    public static Command Build()
    {
        var recipe = new Argument<string>("recipe") { HelpName = "RECIPE", Description = "A stage's options as JSON." };
        var folder = new Argument<string>("folder") { HelpName = "FOLDER", Description = "Where checkpoints and the result are kept." };
        var command = new Command("dpo", "Trains all weights on preference pairs; run again after a kill, it goes on.") { recipe, folder };
        command.SetAction(parsed => RunAsync(parsed.GetValue(recipe)!, parsed.GetValue(folder)!));
        return command;
    }

    static Task<int> RunAsync(string recipe, string folder)
    {
        NativeRuntime.Prepare(NativeRuntime.TrainingBlock);
        return StatusDisplay.RunAsync(Console.Out, display => Task.FromResult(Run(recipe, new SupervisedFolder(folder), display)));
    }

    static int Run(string recipe, SupervisedFolder folder, StatusDisplay display)
    {
        try
        {
            var stage = new OfflineStage(OfflineOptions.Read(recipe), folder, display.Say, display, TimeProvider.System);
            if (stage.Run() is not { } refusal) return 0;
            Console.Error.WriteLine(refusal);
            return (int)TrainerExit.Refused;
        }
        catch (Exception error) when (error is ModelFormatException or DataException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(error.Message);
            return (int)TrainerExit.Failed;
        }
    }
}

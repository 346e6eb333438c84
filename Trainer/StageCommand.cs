// A command `NAME RECIPE FOLDER` that trains one stage: what `sft` and `dpo` share. Knows no stage.
using System.CommandLine;
using Majlis.CommandLine;
using Majlis.Text;
using Majlis.Torch;
using Majlis.Trainer.Supervised;
using Majlis.Trainer.Supervised.Data;

namespace Majlis.Trainer;

static class StageCommand
{
    // ENOSPC; Windows' ERROR_DISK_FULL as an HRESULT.
    static readonly int[] full = [28, unchecked((int)0x80070070)];

    /// <param name="name">Of the command.</param>
    /// <param name="what">Its help.</param>
    /// <param name="train">From the recipe's path and the folder to why the training stopped; null where it ended well.</param>
    public static Command Build(string name, string what, Func<string, StageFolder, StatusDisplay, string?> train)
    {
        var recipe = new Argument<string>("recipe") { HelpName = "RECIPE", Description = "A stage's options as JSON." };
        var folder = new Argument<string>("folder") { HelpName = "FOLDER", Description = "Where checkpoints and the result are kept." };
        var command = new Command(name, what) { recipe, folder };
        command.SetAction(parsed =>
        {
            NativeRuntime.Prepare(NativeRuntime.TrainingBlock);
            var kept = new StageFolder(parsed.GetValue(folder)!);
            return StatusDisplay.RunAsync(Console.Out,
                display => Task.FromResult(Run(() => train(parsed.GetValue(recipe)!, kept, display), kept)));
        });
        return command;
    }

    static int Run(Func<string?> train, StageFolder folder)
    {
        try
        {
            if (train() is not { } refusal) return 0;
            Console.Error.WriteLine(refusal);
            return (int)TrainerExit.Refused;
        }
        catch (IOException error) when (full.Contains(error.HResult))
        {
            Console.Error.WriteLine($"{folder.Path}: the disk is full. The checkpoints there are whole; "
                + "free some space and run the command again to go on from the last one");
            return (int)TrainerExit.Failed;
        }
        catch (Exception error) when (error is ModelFormatException or DataException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(error.Message);
            return (int)TrainerExit.Failed;
        }
    }
}

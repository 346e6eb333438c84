// `sft RECIPE FOLDER`: trains all weights of a model on texts and chats, from a checkpoint or from random weights. Knows no votes.
using System.CommandLine;
using Majlis.CommandLine;
using Majlis.Text;
using Majlis.Torch;
using Majlis.Trainer.Supervised;
using Majlis.Trainer.Supervised.Data;

namespace Majlis.Trainer;

static class SftCommand
{
    // ENOSPC; Windows' ERROR_DISK_FULL as an HRESULT.
    static readonly int[] full = [28, unchecked((int)0x80070070)];

    public static Command Build()
    {
        var recipe = new Argument<string>("recipe") { HelpName = "RECIPE", Description = "A stage's options as JSON." };
        var folder = new Argument<string>("folder") { HelpName = "FOLDER", Description = "Where checkpoints and the result are kept." };
        var command = new Command("sft", "Trains all weights on texts and chats; run again after a kill, it goes on.") { recipe, folder };
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
            var stage = new SupervisedStage(SupervisedOptions.Read(recipe), folder, display.Say, display, TimeProvider.System);
            if (stage.Run() is not { } refusal) return 0;
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

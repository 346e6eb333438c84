// `sft RECIPE FOLDER`: trains all weights of a model on texts and chats, from a checkpoint or from random weights. Knows no votes.
using System.CommandLine;
using Majlis.Trainer.Supervised;

namespace Majlis.Trainer;

static class SftCommand
{
    public static Command Build() => StageCommand.Build(
        "sft", "Trains all weights on texts and chats; run again after a kill, it goes on.",
        (recipe, folder, display) =>
            new SupervisedStage(SupervisedOptions.Read(recipe), folder, display.Say, display, TimeProvider.System).Run());
}

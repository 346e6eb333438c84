// `dpo RECIPE FOLDER`: trains all weights of a model on given preference pairs. Knows no votes.
using System.CommandLine;
using Majlis.Trainer.Offline;

namespace Majlis.Trainer;

static class DpoCommand
{
    public static Command Build() => StageCommand.Build(
        "dpo", "Trains all weights on preference pairs; run again after a kill, it goes on.",
        (recipe, folder, display) =>
            new OfflineStage(OfflineOptions.Read(recipe), folder, display.Say, display, TimeProvider.System).Run());
}

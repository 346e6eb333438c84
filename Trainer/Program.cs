// The trainer: votes in, better weights out. `--once` runs one round and tells its end by the exit code:
// 0 promoted, 3 refused, 4 not enough evidence, 2 wrong options, 1 any failure (run again to go on).
// A trainer may be killed at any moment without loss, so Ctrl+C simply ends it.
using Majlis.CommandLine;
using Majlis.Model;
using Majlis.Torch;
using Majlis.Trainer;

var exit = await TrainerCommand.FromHere(TrainAsync).RunAsync(args);
// 128 and a signal's number: the training goes on in another thread.
if (exit > 128) NativeRuntime.Exit(exit);
return exit;

static async Task<int> TrainAsync(TrainerOptions options)
{
    if (options.BesideServer) BesideServer.Begin();
    NativeRuntime.Prepare(NativeRuntime.TrainingBlock);
    return (int)await StatusDisplay.RunAsync(Console.Out,
        display => new TrainerHost(options, Starter.Here, TimeProvider.System, display.Say, display).RunAsync());
}

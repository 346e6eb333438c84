// The second process: votes in, better weights out. `--once` runs one round and says by its exit code how it ended:
// 0 promoted, 3 refused, 4 not enough evidence, 2 wrong options, 1 anything that went wrong (run again to go on).
// A trainer may be killed at any moment and loses nothing, so Ctrl+C simply ends it.
using Majlis.Torch;
using Majlis.Trainer;

var (options, errors) = TrainerOptions.Read(args, Environment.GetEnvironmentVariable);
foreach (var error in errors) Console.Error.WriteLine(error);
if (errors.Count > 0) return (int)TrainerExit.WrongOptions;

NativeRuntime.Prepare(NativeRuntime.TrainingBlock);
return (int)await new TrainerHost(options, TimeProvider.System, Console.WriteLine).RunAsync();

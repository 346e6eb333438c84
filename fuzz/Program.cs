// Runs the fuzzer: damaged model files through the readers, for some minutes.
using Majlis.fuzz;
using Majlis.Torch;

NativeRuntime.Prepare(NativeRuntime.ServingBlock);
return Fuzz.Run(args);

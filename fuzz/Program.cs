// Runs the fuzzer: damaged model files through the readers for some minutes, or, after `requests`, damaged requests to a server.
using Majlis.fuzz;
using Majlis.fuzz.Requests;
using Majlis.Torch;

NativeRuntime.Prepare(NativeRuntime.ServingBlock);
return args is ["requests", .. var rest] ? await RequestCommand.RunAsync(rest) : Fuzz.Run(args);

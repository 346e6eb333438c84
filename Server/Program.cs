// The server's story, from the command line to the last request. Each step is told elsewhere.
using Majlis.Hub;
using Majlis.Server;
using Majlis.Server.Wire;
using Majlis.Torch;

try
{
    if (args is ["pull", .. var named]) return await HubPull.RunAsync(named);
    NativeRuntime.Prepare(NativeRuntime.ServingBlock);
    var options = Startup.ReadOptions(args);
    var model = await Startup.OpenModelAsync(options, ServerParts.Real, Console.Error.WriteLine);
    await using var app = ServerApp.Build(options, model, ServerParts.Real);
    await app.ServeAsync();
    return 0;
}
catch (Exception wrong) when (Startup.Explains(wrong))
{
    Console.Error.WriteLine(wrong.Message);
    return 1;
}

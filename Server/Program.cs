// The server from the command line to the last request. Other classes do each step.
using Majlis.CommandLine;
using Majlis.Server;
using Majlis.Server.Wire;
using Majlis.Torch;

try
{
    return await ServerCommand.FromHere(ServeAsync).RunAsync(args);
}
catch (Exception wrong) when (Startup.Explains(wrong))
{
    Console.Error.WriteLine(wrong.Message);
    return 1;
}

static async Task<int> ServeAsync(ServerOptions options)
{
    NativeRuntime.Prepare(NativeRuntime.ServingBlock);
    var (model, encoders) = await StatusDisplay.RunAsync(Console.Error, async display =>
        (await Startup.OpenModelAsync(options, ServerParts.Of(options), display.Say, display),
            await Startup.OpenEncodersAsync(options, display)));
    await using var app = ServerApp.Build(options, model, ServerParts.Of(options), encoders);
    await app.ServeAsync();
    return 0;
}

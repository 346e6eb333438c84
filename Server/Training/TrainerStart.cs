// How the trainer is started: its options by the environment alone, since other users see a command line. Knows no process.
using System.Diagnostics;
using Majlis.Model;
using Majlis.Model.Catalog;
using Majlis.Server.Access;

namespace Majlis.Server.Training;

static class TrainerStart
{
    /// <summary>The trainer with the server's catalogue, store and model; this process's environment says its other options.</summary>
    /// <param name="program">The trainer's program.</param>
    /// <param name="options">The server's options.</param>
    /// <param name="starter">The model where they name none.</param>
    /// <param name="catalog">The server's catalogue.</param>
    public static ProcessStartInfo Of(string program, ServerOptions options, Starter starter, ModelCatalog catalog)
    {
        var start = new ProcessStartInfo(program, ["--beside-server"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var environment = start.Environment;
        (string Name, string? Value)[] told =
        [
            ("MAJLIS_CATALOG", options.Catalog), ("MAJLIS_DATA", options.Data), ("MAJLIS_MODEL", options.Model ?? starter.Folder),
            ("MAJLIS_REDIS", options.Redis), ("MAJLIS_REDIS_PASSWORD", options.RedisPassword),
            ("MAJLIS_REDIS_PASSWORD_FILE", options.RedisPasswordFile),
            // One round would end it; a key is the server's alone.
            ("MAJLIS_ONCE", null), (AdminKey.Variable, null),
        ];
        foreach (var (name, value) in told) environment[name] = value;
        if (StarterTraining.Suits(catalog, starter, options.Model))
            foreach (var (name, value) in new StarterTraining().Variables(starter))
                if (string.IsNullOrEmpty(environment.TryGetValue(name, out var given) ? given : null)) environment[name] = value;
        if (TrainerProgram.RuntimeRoot() is { } root) environment["DOTNET_ROOT"] = root;
        return start;
    }
}

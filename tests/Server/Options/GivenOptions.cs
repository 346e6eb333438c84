// What the command lines of server and trainer make of options, without starting either.
using Majlis.CommandLine;
using Majlis.Server;
using Majlis.Trainer;

namespace Majlis.tests.Server.Options;

static class GivenOptions
{
    public static Task<(ServerOptions Options, IReadOnlyList<string> Errors)> ReadAsync(params string[] args) =>
        ReadAsync(_ => null, args);

    public static async Task<(ServerOptions Options, IReadOnlyList<string> Errors)> ReadAsync(
        Func<string, string?> outside, params string[] args)
    {
        var options = new ServerOptions();
        var command = ServerCommand.Build(new OptionSources(outside), given => Task.FromResult(Keep(given)));
        var errors = command.Errors(args);
        if (errors.Count == 0) await command.RunAsync(args);
        return (options, errors);

        int Keep(ServerOptions given)
        {
            options = given;
            return 0;
        }
    }

    public static IReadOnlyList<string> TrainerErrors(params string[] args) =>
        TrainerCommand.Build(new OptionSources(_ => null), _ => Task.FromResult(0)).Errors(args);
}

// The server's command line: the options of Flags, and the commands beside serving. Knows no request.
using System.CommandLine;
using Majlis.CommandLine;
using Majlis.Server.Access.Commands;
using Majlis.Server.Flags;
using Majlis.Server.Operations;

namespace Majlis.Server;

static class ServerCommand
{
    /// <summary>The command line of this process: MAJLIS_* variables override appsettings.json.</summary>
    public static HostCommand FromHere(Func<ServerOptions, Task<int>> serve)
    {
        var outside = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true)
            .AddEnvironmentVariables("MAJLIS_").Build();
        return Build(new OptionSources(name => outside[name] ?? outside[name.Replace('_', '-')]), serve);
    }

    public static HostCommand Build(OptionSources sources, Func<ServerOptions, Task<int>> serve)
    {
        var defaults = new ServerOptions();
        var models = new ModelFlags(sources, defaults);
        var access = new AccessFlags(sources, defaults);
        var store = new StoreFlags(sources, defaults);
        var root = new RootCommand("An OpenAI-compatible model server that learns from its raters.");
        foreach (var option in models.All.Concat(access.All).Concat(store.All)) root.Options.Add(option);
        var password = sources.Outside("redis_password");
        root.Subcommands.Add(PullCommand.Build());
        root.Subcommands.Add(EraseCommand.Build(store.Data, store.Redis, store.RedisPasswordFile, password));
        root.Subcommands.Add(HealthCommand.Build(access.Urls, access.InternalUrls));
        root.Subcommands.Add(KeyCommand.Build(store.Data, store.Redis, store.RedisPasswordFile, password));
        root.SetAction(parsed => serve(Read(new OptionValues(parsed))));
        return new HostCommand(root, values => Read(values).Problems());

        ServerOptions Read(OptionValues values) => models.Read(values, access.Read(values, store.Read(values, defaults)));
    }
}

// What a server gets besides its options, so that tests can replace it: time, randomness, and how a model is opened.
using Majlis.Inference;
using Majlis.Model;
using Majlis.Server.Access;
using Majlis.Server.Connections;
using Majlis.Server.Models;
using Majlis.Server.Wire;

namespace Majlis.Server;

/// <param name="Open">Opens the model at a path under a version's name, with a cache for an engine.</param>
public sealed record ServerParts(TimeProvider Time, IdSource Ids, Func<string, string, EngineOptions, LoadedModel> Open)
{
    public static ServerParts Real { get; } = Of(new ServerOptions());

    public static ServerParts Of(ServerOptions options)
    {
        var opener = ModelOpener.Of(options);
        return new(TimeProvider.System, IdSource.Random, opener.Open) { Fits = opener.Fits };
    }

    /// <summary>Whether the model at a path fits into memory beside the one that is served.</summary>
    public Func<string, EngineOptions, bool> Fits { get; init; } = (_, _) => true;

    /// <summary>What is served where nobody names a model.</summary>
    public Starter Starter { get; init; } = Starter.Here;

    /// <summary>The engine's limits.</summary>
    public EngineOptions Engine { get; init; } = new();

    /// <summary>The ends of connections.</summary>
    public ConnectionLimits Connections { get; init; } = new();

    /// <summary>How long the vote store may take to answer.</summary>
    public TimeSpan StorePatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often keys are looked up again, and for how long they hold while the store is away.</summary>
    public KeyTimes Keys { get; init; } = KeyTimes.Default;

    /// <summary>How long running requests may continue once the server is told to stop.</summary>
    public TimeSpan DrainWindow { get; init; } = TimeSpan.FromSeconds(30);
}

// What can be set from outside, and what would be wrong with it. ServerCommand reads it; knows no host.
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.Hub;
using Majlis.Server.Wire;

namespace Majlis.Server;

public sealed record ServerOptions
{
    /// <summary>What to serve: a GGUF file, a Hugging Face folder, or ORG/NAME of its hub.</summary>
    public string? Model { get; init; }

    /// <summary>Folder of model versions; its current one is served rather than the model named, and a new one is picked up while running.</summary>
    public string Catalog { get; init; } = "catalog";

    /// <summary>Where the embedded Redis and the raters' key live.</summary>
    public string Data { get; init; } = "data";

    /// <summary>HOST:PORT of a Redis to use instead of the embedded one; options such as <c>,ssl=true</c> may follow.</summary>
    public string? Redis { get; init; }

    /// <summary>Of that Redis. From the environment alone (MAJLIS_REDIS_PASSWORD): others see the command line.</summary>
    [ConfigurationKeyName("redis-password")]
    public string? RedisPassword { get; init; }

    /// <summary>A file that holds the password instead.</summary>
    [ConfigurationKeyName("redis-password-file")]
    public string? RedisPasswordFile { get; init; }

    /// <summary>Addresses to listen on, separated by semicolons.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:8080";

    public string[] Addresses => Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Folder of .txt and .md files to answer from where a request brings no documents.</summary>
    public string? Documents { get; init; }

    /// <summary>What votes here: <c>person</c>, or <c>scripted</c> where all raters are programs, who are fast by nature.</summary>
    public string Voters { get; init; } = VoterKinds.Person;

    /// <summary>Requests that do not say otherwise are computed in fixed shapes: a seed gives the same text whatever else runs.</summary>
    public bool Deterministic { get; init; }

    /// <summary>The model to open at start: the one named, or the starter model where it lies.</summary>
    public string? ModelPath => Model ?? (Path.Exists("models/starter") ? "models/starter" : null);

    public RedisLogin RedisLogin => new(Redis, RedisPassword, RedisPasswordFile);

    /// <summary>What is wrong, a line each, beginning with the option; none where all is good.</summary>
    public IEnumerable<string> Problems()
    {
        if (Model is not null && !Path.Exists(Model) && HubName.TryParse(Model) is null)
            yield return $"--model: there is no file or folder '{Model}', and it is no ORG/NAME of the hub.";
        if (Documents is not null && !Directory.Exists(Documents)) yield return $"--documents: there is no folder '{Documents}'.";
        if (File.Exists(Data)) yield return $"--data: '{Data}' is a file, a folder is expected.";
        if (File.Exists(Catalog)) yield return $"--catalog: '{Catalog}' is a file, a folder is expected.";
        foreach (var problem in RedisLogin.Problems()) yield return problem;
        if (Voters is not (VoterKinds.Person or VoterKinds.Scripted))
            yield return $"--voters: '{Voters}' is neither {VoterKinds.Person} nor {VoterKinds.Scripted}.";
        foreach (var problem in Listening.Refusals(Addresses)) yield return problem;
    }
}

// What can be set from outside: command line (--model PATH), environment (MAJLIS_MODEL) and appsettings.json alike.
// Checked as a whole before anything starts. Knows no host.
using System.Net;
using Majlis.Feedback.Votes;
using Majlis.Hub;

namespace Majlis.Server;

public sealed record ServerOptions
{
    /// <summary>What to serve: a GGUF file, a Hugging Face folder, or ORG/NAME of its hub.</summary>
    public string? Model { get; init; }

    /// <summary>Folder of model versions; its current one is served rather than the model named, and a new one is picked up while running.</summary>
    public string Catalog { get; init; } = "catalog";

    /// <summary>Where the embedded Redis and the raters' key live.</summary>
    public string Data { get; init; } = "data";

    /// <summary>HOST:PORT of a Redis to use instead of the embedded one; <c>,password=...</c> may follow.</summary>
    public string? Redis { get; init; }

    /// <summary>Addresses to listen on, separated by semicolons.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:8080";

    /// <summary>Folder of .txt and .md files to answer from where a request brings no documents.</summary>
    public string? Documents { get; init; }

    /// <summary>What votes here: <c>person</c>, or <c>scripted</c> where all raters are programs, who are fast by nature.</summary>
    public string Voters { get; init; } = VoterKinds.Person;

    static readonly string[] names = ["model", "catalog", "data", "redis", "urls", "documents", "voters"];

    /// <summary>Reads and checks all options; the second part holds every error found, none where they are good.</summary>
    public static (ServerOptions Options, IReadOnlyList<string> Errors) Read(string[] args, IConfiguration configuration)
    {
        var options = configuration.Get<ServerOptions>() ?? new ServerOptions();
        return (options, [.. UnknownArguments(args), .. options.Errors()]);
    }

    /// <summary>The model to open at start: the one named, or the starter model where it lies.</summary>
    public string? ModelPath => Model ?? (Path.Exists("models/starter") ? "models/starter" : null);

    IEnumerable<string> Errors()
    {
        if (Model is not null && !Path.Exists(Model) && HubName.TryParse(Model) is null)
            yield return $"--model: there is no file or folder '{Model}', and it is no ORG/NAME of the hub.";
        if (Documents is not null && !Directory.Exists(Documents)) yield return $"--documents: there is no folder '{Documents}'.";
        if (File.Exists(Data)) yield return $"--data: '{Data}' is a file, a folder is expected.";
        if (File.Exists(Catalog)) yield return $"--catalog: '{Catalog}' is a file, a folder is expected.";
        if (Redis is not null && !IsHostAndPort(Redis)) yield return $"--redis: '{Redis}' is not HOST:PORT.";
        if (Voters is not (VoterKinds.Person or VoterKinds.Scripted))
            yield return $"--voters: '{Voters}' is neither {VoterKinds.Person} nor {VoterKinds.Scripted}.";
        foreach (var url in Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            if (AddressOf(url) is not { } address) yield return $"--urls: '{url}' is not an address like http://127.0.0.1:8080.";
            else if (!IsLoopback(address))
                yield return $"--urls: '{url}' can be reached from other machines, and no keys are configured; only loopback is taken.";
    }

    static IEnumerable<string> UnknownArguments(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            var name = args[i].Split('=')[0];
            var isKnown = name.StartsWith("--", StringComparison.Ordinal) && names.Contains(name[2..], StringComparer.OrdinalIgnoreCase);
            if (!isKnown) yield return $"{name}: no such option; there are {string.Join(", ", names.Select(known => $"--{known}"))}.";
            if (args[i].Contains('=')) continue;
            if (i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal)) i++;
            else if (isKnown) yield return $"{name}: a value is expected after it.";
        }
    }

    // What follows a comma is the client library's, such as a password.
    static bool IsHostAndPort(string value)
    {
        var address = value.Split(',')[0];
        return address.LastIndexOf(':') is > 0 and var colon && ushort.TryParse(address[(colon + 1)..], out var port) && port > 0;
    }

    // A star or plus is ASP.NET's word for every address.
    static Uri? AddressOf(string url) =>
        Uri.TryCreate(url.Replace("//*", "//0.0.0.0").Replace("//+", "//0.0.0.0"), UriKind.Absolute, out var address) ? address : null;

    static bool IsLoopback(Uri address) =>
        address.IsLoopback || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
}

// The server's options and their validation. ServerCommand reads them. Knows no host.
using System.Collections.Immutable;
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.Hub;
using Majlis.Server.Access;
using Majlis.Server.Connections;
using Majlis.Server.Models;
using Majlis.Server.Training;
using Majlis.Server.Wire;
using Majlis.Text.Chat.ToolCalls;

namespace Majlis.Server;

public sealed record ServerOptions
{
    /// <summary>Words of <see cref="Open"/>.</summary>
    public const string Health = "health", Metrics = "metrics";

    /// <summary>What to serve: a GGUF file, a Hugging Face folder, or ORG/NAME of its hub; null = the starter.</summary>
    public string? Model { get; init; }

    /// <summary>An encoder beside it for /v1/embeddings: a Hugging Face folder or ORG/NAME of its hub.</summary>
    [ConfigurationKeyName("embedding-model")]
    public string? EmbeddingModel { get; init; }

    /// <summary>A cross-encoder for /v1/rerank: a Hugging Face folder or ORG/NAME of its hub.</summary>
    [ConfigurationKeyName("rerank-model")]
    public string? RerankModel { get; init; }

    /// <summary>Adapters that requests may ask for, each NAME=FOLDER.</summary>
    public ImmutableArray<string> Adapters { get; init; } = [];

    /// <summary>Ranks the answers of best_of_n: a folder, or a name of the hub.</summary>
    public string? RewardModel { get; init; }

    /// <summary>
    /// Folder of model versions. Its current version is served instead of the named model; a new one is picked up while running.
    /// </summary>
    public string Catalog { get; init; } = "catalog";

    /// <summary>Where the embedded Redis and the raters' key live.</summary>
    public string Data { get; init; } = "data";

    /// <summary>HOST:PORT of a Redis to use instead of the embedded one; options such as <c>,ssl=true</c> may follow.</summary>
    public string? Redis { get; init; }

    /// <summary>
    /// The password of that Redis. Only from the environment (MAJLIS_REDIS_PASSWORD): other users can see the command line.
    /// </summary>
    [ConfigurationKeyName("redis-password")]
    public string? RedisPassword { get; init; }

    /// <summary>A file that holds the password instead.</summary>
    [ConfigurationKeyName("redis-password-file")]
    public string? RedisPasswordFile { get; init; }

    /// <summary>Addresses to listen on, separated by semicolons.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:8080";

    public string[] Addresses => Split(Urls, ';');

    /// <summary>Further addresses, which serve health and metrics to everybody and nothing else.</summary>
    public string? InternalUrls { get; init; }

    public string[] InternalAddresses => Split(InternalUrls, ';');

    /// <summary>What needs no key, separated by commas: <c>health</c>, <c>metrics</c>.</summary>
    public string? Open { get; init; }

    public bool Opens(string what) => Split(Open, ',').Contains(what);

    /// <summary>The first admin key; from the environment or from a file.</summary>
    public AdminKey AdminKey { get; init; } = new(null, null);

    /// <summary>
    /// <c>print</c>: where there is no key and other machines reach the server, its first start makes an admin key and prints it, once.
    /// </summary>
    public string? FirstKey { get; init; }

    /// <summary>PEM file of the certificate for https addresses, its intermediates after it.</summary>
    [ConfigurationKeyName("tls-certificate")]
    public string? TlsCertificate { get; init; }

    /// <summary>PEM file of the certificate's private key.</summary>
    [ConfigurationKeyName("tls-key")]
    public string? TlsKey { get; init; }

    /// <summary>Networks of the proxies in front, separated by semicolons; forwarded headers are taken from there only.</summary>
    [ConfigurationKeyName("behind-proxy")]
    public string? BehindProxy { get; init; }

    /// <summary>Requests a minute of a key that has no limit of its own; 0: no limit.</summary>
    [ConfigurationKeyName("requests-per-minute")]
    public int RequestsPerMinute { get; init; }

    /// <summary>Requests at a time of a key that has no limit of its own, at each server; 0: no limit.</summary>
    public int Concurrent { get; init; }

    /// <summary>Folder of .txt and .md files to answer from where a request brings neither documents nor tools.</summary>
    public string? Documents { get; init; }

    /// <summary>How the model writes tool calls: <c>auto</c>, as its chat template shows, or the name of a format.</summary>
    [ConfigurationKeyName("tool-format")]
    public string ToolFormat { get; init; } = AutoToolFormat;

    internal const string AutoToolFormat = "auto";

    /// <summary>For how many days replies that clients store are kept; 0: none is.</summary>
    [ConfigurationKeyName("keep-days")]
    public int KeepDays { get; init; } = 30;

    internal const int MostKeepDays = 3650;

    /// <summary>The kind of voters: <c>person</c>, or <c>scripted</c> where all raters are programs, which vote fast.</summary>
    public string Voters { get; init; } = VoterKinds.Person;

    /// <summary>
    /// Whether requests that do not say are computed in fixed shapes: a seed then gives the same text whatever else runs.
    /// </summary>
    public bool Deterministic { get; init; }

    /// <summary>
    /// Where guesses of further tokens come from: <c>ngram</c>, each answer's own past, or the path of a small model; null: nowhere.
    /// </summary>
    public string? Speculate { get; init; }

    /// <summary>
    /// How versions change: <c>overlap</c>, the next is loaded beside the running one; <c>drain</c>, after its requests have ended, while
    /// new ones wait; <c>auto</c>: overlap where both fit into memory.
    /// </summary>
    public string Swap { get; init; } = SwapChoice.Auto;

    /// <summary>Whether a trainer runs beside the server, as its child.</summary>
    public bool WithTrainer { get; init; }

    /// <summary>How log lines are written: <c>text</c>, or <c>json</c> with a line for every request.</summary>
    public string Log { get; init; } = TextLog;

    internal const string TextLog = "text";
    internal const string JsonLog = "json";

    /// <summary>
    /// What computes: <c>torch</c>; <c>cpu</c>, which decodes several times as fast on a processor; or <c>auto</c>: cpu where there is no
    /// GPU and it can serve the model.
    /// </summary>
    public string Backend { get; init; } = ModelOpener.Auto;

    /// <summary>The precision of the cpu backend's weights: auto, bf16, int8 or int4.</summary>
    public string Weights { get; init; } = "auto";

    /// <summary>The precision of the cpu backend's keys and values: auto, bf16 or int8.</summary>
    public string CacheType { get; init; } = "auto";

    /// <summary>The cpu backend's threads; 0: one for each core.</summary>
    public int Threads { get; init; }

    public RedisLogin RedisLogin => new(Redis, RedisPassword, RedisPasswordFile);

    /// <summary>The problems, one line each, starting with the option's name; empty where there are none.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (var problem in BackendChoice.Problems(this).Concat(SpeculationChoice.Problems(this)).Concat(SwapChoice.Problems(this)))
            yield return problem;
        if (Model is not null && !Path.Exists(Model) && HubName.TryParse(Model) is null)
            yield return $"--model: there is no file or folder '{Model}', and it is no ORG/NAME of the hub.";
        foreach (var (option, path) in new[]
            { ("--embedding-model", EmbeddingModel), ("--rerank-model", RerankModel), ("--reward-model", RewardModel) })
            if (path is not null && !Path.Exists(path) && HubName.TryParse(path) is null)
                yield return $"{option}: there is no folder '{path}', and it is no ORG/NAME of the hub.";
        foreach (var problem in NamedAdapters.Problems(Adapters)) yield return problem;
        if (Documents is not null && !Directory.Exists(Documents)) yield return $"--documents: there is no folder '{Documents}'.";
        if (ToolFormat != AutoToolFormat && ToolFormats.Named(ToolFormat) is null)
            yield return $"--tool-format: '{ToolFormat}' is neither {AutoToolFormat} nor one of {string.Join(", ", ToolFormats.Names)}.";
        if (File.Exists(Data)) yield return $"--data: '{Data}' is a file, a folder is expected.";
        if (File.Exists(Catalog)) yield return $"--catalog: '{Catalog}' is a file, a folder is expected.";
        foreach (var problem in RedisLogin.Problems()) yield return problem;
        if (Voters is not (VoterKinds.Person or VoterKinds.Scripted))
            yield return $"--voters: '{Voters}' is neither {VoterKinds.Person} nor {VoterKinds.Scripted}.";
        if (KeepDays is < 0 or > MostKeepDays) yield return $"--keep-days: {KeepDays} is not between 0 and {MostKeepDays}.";
        if (WithTrainer && TrainerProgram.Find(AppContext.BaseDirectory) is null)
            yield return $"--with-trainer: {TrainerProgram.Absence(AppContext.BaseDirectory)}";
        if (Log is not (TextLog or JsonLog)) yield return $"--log: '{Log}' is neither {TextLog} nor {JsonLog}.";
        if (Addresses.Length == 0) yield return "--urls: an address like http://127.0.0.1:8080 is expected.";
        foreach (var problem in Listening.Malformed("--urls", Addresses)) yield return problem;
        foreach (var problem in Access.InternalAddresses.Problems(InternalAddresses, Addresses)) yield return problem;
        foreach (var word in Split(Open, ',').Except([Health, Metrics]))
            yield return $"--open: '{word}' is neither {Health} nor {Metrics}.";
        foreach (var problem in AdminKey.Problems()) yield return problem;
        foreach (var problem in Access.FirstKey.Problems(FirstKey)) yield return problem;
        foreach (var problem in TlsFiles.Problems(this)) yield return problem;
        foreach (var problem in ProxyNetworks.Problems(BehindProxy)) yield return problem;
        if (RequestsPerMinute < 0) yield return $"--requests-per-minute: {RequestsPerMinute} is negative; 0 means no limit.";
        if (Concurrent < 0) yield return $"--concurrent: {Concurrent} is negative; 0 means no limit.";
    }

    static string[] Split(string? list, char separator) =>
        (list ?? "").Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

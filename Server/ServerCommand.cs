// The server's command line: its options with their help, and the commands beside serving. Knows no request.
using System.CommandLine;
using Majlis.CommandLine;
using Majlis.Server.Access.Commands;
using Majlis.Server.Operations;

namespace Majlis.Server;

static class ServerCommand
{
    static readonly ServerOptions defaults = new();

    /// <summary>The command line of this process: MAJLIS_* variables override appsettings.json.</summary>
    public static HostCommand FromHere(Func<ServerOptions, Task<int>> serve)
    {
        var outside = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true)
            .AddEnvironmentVariables("MAJLIS_").Build();
        return Build(new OptionSources(name => outside[name] ?? outside[name.Replace('_', '-')]), serve);
    }

    public static HostCommand Build(OptionSources sources, Func<ServerOptions, Task<int>> serve)
    {
        var model = sources.Text("--model", "What to serve: a GGUF file, a Hugging Face folder, or ORG/NAME of its hub.");
        var catalog = sources.Text("--catalog",
            "Folder of model versions; its current one is served instead of --model, and a new one is picked up while running.",
            defaults.Catalog);
        var data = sources.Text("--data", "Where the embedded Redis and the raters' key live.", defaults.Data);
        var redis = sources.Text("--redis", "HOST:PORT of a Redis to use instead of the embedded one; ',password=...' may follow.");
        var redisPasswordFile = sources.Text("--redis-password-file",
            "A file that holds the Redis's password and nothing else; MAJLIS_REDIS_PASSWORD holds the password itself.");
        var urls = sources.Text("--urls", "Addresses to listen on, separated by semicolons.", defaults.Urls);
        var internalUrls = sources.Text("--internal-urls",
            "Further addresses, with ports of their own, that serve health and metrics to everybody and nothing else.");
        var open = sources.Text("--open", "What needs no key: health, metrics, or both separated by a comma.");
        var adminKeyFile = sources.Text("--admin-key-file",
            "A file that holds the first admin key and nothing else; MAJLIS_ADMIN_KEY holds the key itself.");
        var tlsCertificate = sources.Text("--tls-certificate",
            "PEM file of the certificate for https addresses, with its intermediates; a new one is taken while running.");
        var tlsKey = sources.Text("--tls-key", "PEM file of that certificate's private key, without a passphrase.");
        var behindProxy = sources.Text("--behind-proxy",
            "Networks of the proxies in front, separated by semicolons: X-Forwarded-For, -Proto and -Host are taken from there only.");
        var requestsPerMinute = sources.Whole("--requests-per-minute",
            "Requests a minute of a key without a limit of its own, counted by all servers of a --redis together; 0: no limit.",
            defaults.RequestsPerMinute);
        var concurrent = sources.Whole("--concurrent",
            "Requests at a time of a key without a limit of its own, at each server; 0: no limit.", defaults.Concurrent);
        var documents = sources.Text("--documents",
            "Folder of .txt and .md files to answer from where a request brings no documents.");
        var voters = sources.Text("--voters",
            "The kind of voters: person, or scripted where all raters are programs, which vote fast.", defaults.Voters);
        var deterministic = sources.Flag("--deterministic",
            "Compute in fixed shapes, so that a seed gives the same text whatever else runs; slower. A request can set this for itself.");
        var log = sources.Text("--log", "How log lines are written: text, or json with a line for every request.", defaults.Log);
        var backend = sources.Text("--backend", "What computes: torch, or cpu for hand-written vector code.", defaults.Backend);
        var weights = sources.Text("--weights",
            "The precision of the cpu backend's weights: auto (a GGUF's own, else int8), bf16, int8 or int4.", defaults.Weights);
        var threads = sources.Whole("--threads", "The cpu backend's threads; 0: one for each core.", defaults.Threads);
        var root = new RootCommand("An OpenAI-compatible model server that learns from its raters.")
        {
            backend, weights, threads,
            model, catalog, data, redis, redisPasswordFile, urls, internalUrls, open, adminKeyFile, tlsCertificate, tlsKey, behindProxy,
            requestsPerMinute, concurrent, documents, voters, deterministic, log,
        };
        root.Subcommands.Add(PullCommand.Build());
        root.Subcommands.Add(EraseCommand.Build(data, redis, redisPasswordFile, sources.Outside("redis_password")));
        root.Subcommands.Add(HealthCommand.Build(urls, internalUrls));
        root.Subcommands.Add(KeyCommand.Build(data, redis, redisPasswordFile, sources.Outside("redis_password")));
        root.SetAction(parsed => serve(Read(new OptionValues(parsed))));
        return new HostCommand(root, values => Read(values).Problems());

        ServerOptions Read(OptionValues values) => new()
        {
            Model = values.Of(model),
            Catalog = values.Of(catalog),
            Data = values.Of(data),
            Redis = values.Of(redis),
            RedisPassword = sources.Outside("redis_password"),
            RedisPasswordFile = values.Of(redisPasswordFile),
            Urls = values.Of(urls),
            InternalUrls = values.Of(internalUrls),
            Open = values.Of(open),
            AdminKey = new(sources.Outside("admin_key"), values.Of(adminKeyFile)),
            TlsCertificate = values.Of(tlsCertificate),
            TlsKey = values.Of(tlsKey),
            BehindProxy = values.Of(behindProxy),
            RequestsPerMinute = values.Of(requestsPerMinute),
            Concurrent = values.Of(concurrent),
            Documents = values.Of(documents),
            Voters = values.Of(voters),
            Deterministic = values.Of(deterministic),
            Log = values.Of(log),
            Backend = values.Of(backend),
            Weights = values.Of(weights),
            Threads = values.Of(threads),
        };
    }
}

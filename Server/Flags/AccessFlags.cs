// Options of who reaches the server, and how often, on the command line. Knows no model and no store.
using System.CommandLine;
using Majlis.CommandLine;

namespace Majlis.Server.Flags;

sealed class AccessFlags(OptionSources sources, ServerOptions defaults)
{
    public HostOption<string> Urls { get; } = sources.Text("--urls", "Addresses to listen on, separated by semicolons.", defaults.Urls);

    public HostOption<string?> InternalUrls { get; } = sources.Text("--internal-urls",
        "Further addresses, with ports of their own, that serve health and metrics to everybody and nothing else.");

    readonly HostOption<string?> open = sources.Text("--open", "What needs no key: health, metrics, or both separated by a comma.");

    readonly HostOption<string?> adminKeyFile = sources.Text("--admin-key-file",
        "A file that holds the first admin key and nothing else; MAJLIS_ADMIN_KEY holds the key itself.");

    readonly HostOption<string?> firstKey = sources.Text("--first-key",
        "print: where there is no key and other machines reach the server, its first start makes an admin key and prints it, once.");

    readonly HostOption<string?> tlsCertificate = sources.Text("--tls-certificate",
        "PEM file of the certificate for https addresses, with its intermediates; a new one is taken while running.");

    readonly HostOption<string?> tlsKey = sources.Text("--tls-key", "PEM file of that certificate's private key, without a passphrase.");

    readonly HostOption<string?> behindProxy = sources.Text("--behind-proxy",
        "Networks of the proxies in front, separated by semicolons: X-Forwarded-For, -Proto and -Host are taken from there only.");

    readonly HostOption<int> requestsPerMinute = sources.Whole("--requests-per-minute",
        "Requests a minute of a key without a limit of its own, counted by all servers of a --redis together; 0: no limit.",
        defaults.RequestsPerMinute);

    readonly HostOption<int> concurrent = sources.Whole("--concurrent",
        "Requests at a time of a key without a limit of its own, at each server; 0: no limit.", defaults.Concurrent);

    public IEnumerable<Option> All =>
    [
        Urls, InternalUrls, open, adminKeyFile, firstKey,
        tlsCertificate, tlsKey, behindProxy, requestsPerMinute, concurrent,
    ];

    /// <summary>The options with what this command line says of these.</summary>
    public ServerOptions Read(OptionValues values, ServerOptions options) => options with
    {
        Urls = values.Of(Urls),
        InternalUrls = values.Of(InternalUrls),
        Open = values.Of(open),
        AdminKey = new(sources.Outside("admin_key"), values.Of(adminKeyFile)),
        FirstKey = values.Of(firstKey),
        TlsCertificate = values.Of(tlsCertificate),
        TlsKey = values.Of(tlsKey),
        BehindProxy = values.Of(behindProxy),
        RequestsPerMinute = values.Of(requestsPerMinute),
        Concurrent = values.Of(concurrent),
    };
}

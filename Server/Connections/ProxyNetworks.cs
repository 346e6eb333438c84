// The proxies in front, by --behind-proxy: from their networks only, forwarded headers name the client's address, the scheme and the host.
// Knows no endpoint.
using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace Majlis.Server.Connections;

static class ProxyNetworks
{
    static readonly char[] between = [';', ','];

    /// <summary>What is wrong with the option, a line each.</summary>
    public static IEnumerable<string> Problems(string? networks) => Parts(networks).Where(part => Parse(part) is null)
        .Select(part => $"--behind-proxy: '{part}' is not a network like 10.0.0.0/8 or an address.");

    /// <summary>The networks of proxies; none where there is no proxy.</summary>
    public static IReadOnlyList<IPNetwork> Read(string? networks) => [.. Parts(networks).Select(Parse).OfType<IPNetwork>()];

    /// <summary>Must run before anything looks at the address, the scheme or the host.</summary>
    public static void UseForwarded(this WebApplication app, IReadOnlyList<IPNetwork> networks)
    {
        if (networks.Count == 0) return;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            // As many proxies as there are in a row, all of them in these networks.
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in networks) options.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(options);
    }

    public static bool Holds(this IReadOnlyList<IPNetwork> networks, IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return networks.Any(network => network.Contains(plain));
    }

    static string[] Parts(string? networks) =>
        networks?.Split(between, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    static IPNetwork? Parse(string part) => IPNetwork.TryParse(part, out var network) ? network
        : IPAddress.TryParse(part, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8) : null;
}

// The addresses of --internal-urls: they serve health and metrics to whoever reaches them, and nothing else. Knows no endpoint.
using Microsoft.AspNetCore.Http;

namespace Majlis.Server.Access;

sealed class InternalAddresses(IEnumerable<string> urls)
{
    readonly HashSet<int> ports = [.. urls.Select(url => BindingAddress.Parse(url).Port)];

    /// <summary>Whether the request came by an internal address. No other address has its port.</summary>
    public bool Hold(HttpContext http) => ports.Contains(http.Connection.LocalPort);

    public bool Hold(string boundUrl) => ports.Contains(BindingAddress.Parse(boundUrl).Port);

    /// <summary>What is wrong with the addresses, a line each.</summary>
    /// <param name="others">The addresses of --urls.</param>
    public static IEnumerable<string> Problems(IEnumerable<string> urls, IEnumerable<string> others)
    {
        var taken = others.Select(Port).ToHashSet();
        foreach (var url in urls)
            if (Port(url) is not > 0) yield return $"--internal-urls: '{url}' is not an address with a port, like http://127.0.0.1:9090.";
            else if (taken.Contains(Port(url))) yield return $"--internal-urls: '{url}' has a port of --urls; give it one of its own.";
    }

    static int? Port(string url)
    {
        try
        {
            return BindingAddress.Parse(url) is { IsUnixPipe: false, IsNamedPipe: false, Port: > 0 and <= ushort.MaxValue } address
                ? address.Port : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

// What only this machine can reach: host names, and listening addresses as Kestrel parses them. Knows no configuration.
using System.Net;

namespace Majlis.Server.Wire;

static class Loopback
{
    /// <summary>
    /// Whether only this machine can reach the address: localhost, a loopback address, a unix socket or a named pipe. Kestrel binds any
    /// other name, such as <c>loopback</c> or <c>example.org</c>, to all addresses of the machine.
    /// </summary>
    /// <exception cref="FormatException">It is not an address.</exception>
    public static bool IsListening(string url)
    {
        var address = BindingAddress.Parse(url);
        if (address.Port is < 0 or > ushort.MaxValue) throw new FormatException($"There is no port {address.Port}.");
        return address.IsUnixPipe || address.IsNamedPipe
            || address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IsAddress(address.Host);
    }

    /// <summary>Whether a Host header names this machine; names below localhost always do (RFC 6761, section 6.3).</summary>
    public static bool IsName(string host)
    {
        var name = host.EndsWith('.') ? host[..^1] : host;
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) || IsAddress(name);
    }

    static bool IsAddress(string host) => IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address);
}

// Whoever opens a battle or votes on it, as far as it is known without keys. Knows no cookie and no request.
using System.Net;
using System.Net.Sockets;

namespace Majlis.Server.Arena;

/// <param name="Voter">Keyed hash of the cookie's id.</param>
/// <param name="Address">Keyed hash of the network the request came from.</param>
/// <param name="CookieAge">How long ago the cookie was given out; null where it does not say.</param>
sealed record Rater(string Voter, string Address, TimeSpan? CookieAge)
{
    const int NetworkBytes = 8;

    /// <summary>
    /// What one client cannot easily change about its address: all of this machine is one, an IPv6 client is its /64, which is the least
    /// that providers give out, and an IPv4 client is its address.
    /// </summary>
    public static string Network(IPAddress? address)
    {
        if (address is null || IPAddress.IsLoopback(address)) return "this machine"; // A Unix socket has no address.
        if (address.IsIPv4MappedToIPv6) return Network(address.MapToIPv4());
        return address.AddressFamily == AddressFamily.InterNetwork ? address.ToString()
            : Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, NetworkBytes));
    }
}

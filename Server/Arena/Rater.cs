// The person who opens a battle or votes on it, as hashes. Knows no cookie and no request.
using System.Net;
using System.Net.Sockets;

namespace Majlis.Server.Arena;

/// <param name="Voter">Keyed hash of the cookie's id.</param>
/// <param name="Address">Keyed hash of the network the request came from.</param>
/// <param name="CookieAge">Time since the cookie was issued; null where the cookie does not say.</param>
sealed record Rater(string Voter, string Address, TimeSpan? CookieAge)
{
    const int NetworkBytes = 8;

    /// <summary>
    /// The part of an address that one client cannot easily change. Loopback addresses count as one client, an IPv6 address as its /64 (the
    /// smallest block that providers assign), an IPv4 address as itself.
    /// </summary>
    public static string Network(IPAddress? address)
    {
        if (address is null || IPAddress.IsLoopback(address)) return "this machine"; // A Unix socket has no address.
        if (address.IsIPv4MappedToIPv6) return Network(address.MapToIPv4());
        return address.AddressFamily == AddressFamily.InterNetwork ? address.ToString()
            : Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, NetworkBytes));
    }
}

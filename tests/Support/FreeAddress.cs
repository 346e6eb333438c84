// A loopback address that was free a moment ago, for programs that cannot choose one themselves.
using System.Net;
using System.Net.Sockets;

namespace Majlis.tests.Support;

static class FreeAddress
{
    /// <summary>HOST:PORT.</summary>
    public static string Next()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return free.LocalEndpoint.ToString()!;
    }
}

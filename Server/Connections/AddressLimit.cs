// Connections of one client: whoever opens more is not served, so that one address cannot take all that there are. Proxies are not
// counted, since all clients come through them. Knows no request.
using System.Collections.Concurrent;
using System.Net;
using Majlis.Server.Arena;
using Majlis.Server.Operations;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Majlis.Server.Connections;

/// <param name="most">Connections of one network address, as <see cref="Rater.Network"/> has it.</param>
sealed class AddressLimit(int most, IReadOnlyList<IPNetwork> proxies, ILogger<AddressLimit> log)
{
    readonly ConcurrentDictionary<string, int> open = new();
    // Logged once for an address, until it has no connection left.
    readonly ConcurrentDictionary<string, bool> told = new();

    public void Use(ListenOptions endpoint) => endpoint.Use(next => connection => ServeAsync(connection, next));

    async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (connection.RemoteEndPoint is not IPEndPoint { Address: var address } || proxies.Holds(address))
        {
            await next(connection);
            return;
        }
        var client = Rater.Network(address);
        try
        {
            var count = open.AddOrUpdate(client, 1, (_, others) => others + 1);
            if (count > most && told.TryAdd(client, true)) log.TooManyConnections(client, most);
            if (count > most) connection.Abort(new ConnectionAbortedException($"More than {most} connections from {client}."));
            else await next(connection);
        }
        finally
        {
            Leave(client);
        }
    }

    // An address without connections is forgotten.
    void Leave(string client)
    {
        if (open.AddOrUpdate(client, 0, (_, count) => count - 1) > 0) return;
        open.TryRemove(KeyValuePair.Create(client, 0));
        told.TryRemove(client, out _);
    }
}

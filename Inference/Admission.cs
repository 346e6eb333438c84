// Counts the requests in flight, in all and by client: how many may be there at a time, and that a full queue still takes the first request
// of a client that has none in it. Used by all threads; knows no request.
namespace Majlis.Inference;

/// <param name="limit">Requests in flight; as many again are kept for the first requests of further clients.</param>
sealed class Admission(int limit)
{
    readonly Lock counting = new();
    readonly Dictionary<string, int> clients = new(StringComparer.Ordinal);
    int all;

    public int Limit => limit;

    public bool IsEmpty
    {
        get
        {
            lock (counting) return all == 0;
        }
    }

    /// <summary>False where there is no room for one more of this client.</summary>
    /// <param name="client">Empty where it is not known.</param>
    public bool TryEnter(string client)
    {
        lock (counting)
        {
            var own = clients.GetValueOrDefault(client);
            var isFirst = own == 0 && client.Length > 0;
            if (all >= (isFirst ? 2 * (long)limit : limit)) return false;
            (clients[client], all) = (own + 1, all + 1);
            return true;
        }
    }

    public void Leave(string client)
    {
        lock (counting)
        {
            all--;
            if (clients[client] == 1) clients.Remove(client);
            else clients[client]--;
        }
    }
}

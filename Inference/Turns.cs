// Whose turn it is among clients: each client's sequences take turns one after another, beginning with the turn that is being served, so
// that one client's many do not go before another's first. Start-time fair queueing (https://dl.acm.org/doi/10.1145/248157.248171) with one
// unit a sequence. Pure; knows no queue.
namespace Majlis.Inference;

sealed class Turns
{
    // Clients with sequences that are queued or running: the last turn that each has taken, and how many there are.
    readonly Dictionary<string, (long Last, int Count)> clients = new(StringComparer.Ordinal);

    /// <param name="served">The lowest turn of all sequences that are queued or running.</param>
    public void Enter(Sequence sequence, long served)
    {
        var (last, count) = clients.GetValueOrDefault(sequence.Client, (served - 1, 0));
        sequence.Turn = Math.Max(served, last + 1);
        clients[sequence.Client] = (sequence.Turn, count + 1);
    }

    /// <summary>A client that has nothing left begins anew: it is owed nothing and owes nothing.</summary>
    public void Leave(Sequence sequence)
    {
        var (last, count) = clients[sequence.Client];
        if (count == 1) clients.Remove(sequence.Client);
        else clients[sequence.Client] = (last, count - 1);
    }
}

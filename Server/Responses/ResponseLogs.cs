// The events of responses in the background that can be read, in a bounded memory: those that run, and the last that ended.
using Majlis.Inference;

namespace Majlis.Server.Responses;

/// <param name="mostEnded">Bytes of ended responses' events that can still be read.</param>
/// <param name="most">Bytes of all events, beyond which no other response is taken. Some events repeat the request.</param>
sealed class ResponseLogs(long mostEnded = 32 << 20, long most = 256 << 20)
{
    readonly Lock gate = new();
    readonly Dictionary<string, ResponseLog> logs = [];
    readonly Queue<string> ended = new();

    /// <exception cref="EngineBusyException">The events of those that run take too much memory.</exception>
    public void CheckRoom()
    {
        lock (gate)
            if (logs.Values.Sum(log => log.Bytes) > most) throw new EngineBusyException(logs.Count - ended.Count);
    }

    public void Add(string id, ResponseLog log)
    {
        lock (gate) logs[id] = log;
    }

    /// <summary>Null where the events are not at hand (any more).</summary>
    public ResponseLog? Find(string id)
    {
        lock (gate) return logs.GetValueOrDefault(id);
    }

    /// <summary>No more events of this one come. The first that ended go, where all that ended take too much.</summary>
    public void End(string id)
    {
        lock (gate)
        {
            logs[id].End();
            ended.Enqueue(id);
            while (ended.Sum(one => logs[one].Bytes) > mostEnded) logs.Remove(ended.Dequeue());
        }
    }
}

// The events of one response in the background, told to as many readers as come, each from the number it asks for on. Knows no HTTP.
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Majlis.Server.Responses;

sealed class ResponseLog
{
    readonly Lock gate = new();
    readonly List<SseItem<string>> events = [];
    long bytes;
    TaskCompletionSource more = New();
    bool hasEnded;

    /// <summary>The memory that the events take. Any thread may ask.</summary>
    public long Bytes => Volatile.Read(ref bytes);

    public void Add(JsonObject item)
    {
        var named = ResponseEvents.Named(item);
        lock (gate)
        {
            events.Add(named);
            bytes += sizeof(char) * named.Data.Length;
            Wake();
        }
    }

    /// <summary>No more events come.</summary>
    public void End()
    {
        lock (gate)
        {
            hasEnded = true;
            Wake();
        }
    }

    /// <summary>The events from the number <paramref name="first"/> on, until the last.</summary>
    public async IAsyncEnumerable<SseItem<string>> ReadAsync(long first, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            SseItem<string>[] next;
            Task changed;
            lock (gate)
            {
                next = first < events.Count ? [.. events.Skip((int)first)] : [];
                changed = more.Task;
                if (next.Length == 0 && hasEnded) yield break;
            }
            foreach (var item in next) yield return item;
            first += next.Length;
            if (next.Length == 0) await changed.WaitAsync(cancellation);
        }
    }

    void Wake()
    {
        var reached = more;
        more = New();
        reached.SetResult();
    }

    static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

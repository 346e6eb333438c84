// The events of one response in the background, told to as many readers as come, each from the number it asks for on. Knows no HTTP.
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Majlis.Server.Wire;

namespace Majlis.Server.Responses;

sealed class ResponseLog
{
    readonly Lock gate = new();
    readonly List<SseItem<string>> events = [];
    TaskCompletionSource more = New();
    bool hasEnded;

    /// <summary>Events so far.</summary>
    public int Count
    {
        get
        {
            lock (gate) return events.Count;
        }
    }

    /// <summary>Of an event as the wire has it, named by its type.</summary>
    public static SseItem<string> Item(JsonObject item) => new(item.ToJsonString(WireJson.Wire.Options), (string)item["type"]!);

    public void Add(JsonObject item)
    {
        lock (gate)
        {
            events.Add(Item(item));
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
    public async IAsyncEnumerable<SseItem<string>> ReadAsync(int first, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            SseItem<string>[] next;
            Task changed;
            lock (gate)
            {
                next = [.. events.Skip(first)];
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

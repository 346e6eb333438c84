// Stalled generations, whose readers do not read: not scheduled and without blocks, until their buffers have room again or the readers'
// time is up. Used by the engine's thread alone. Knows no scheduler.
namespace Majlis.Inference;

sealed class UnreadReplies(TimeProvider time, TimeSpan patience, Action wake)
{
    readonly List<(Generation Generation, long Since, ITimer Timer)> full = [];

    public TimeSpan Patience => patience;

    public void Add(Generation generation)
    {
        generation.IsStalled = true;
        full.Add((generation, time.GetTimestamp(), time.CreateTimer(_ => wake(), null, patience, Timeout.InfiniteTimeSpan)));
    }

    public void Remove(Generation generation)
    {
        if (!generation.IsStalled) return;
        var at = full.FindIndex(one => one.Generation == generation);
        full[at].Timer.Dispose();
        full.RemoveAt(at);
        generation.IsStalled = false;
    }

    /// <summary>The generations that can continue, and those that were not read in time.</summary>
    public (Generation[] Readable, Generation[] Unread) Decided()
    {
        if (full.Count == 0) return ([], []);
        var readable = full.Where(one => one.Generation.HasRoom).Select(one => one.Generation).ToArray();
        return (readable, [.. full.Where(one => !one.Generation.HasRoom && time.GetElapsedTime(one.Since) >= patience)
            .Select(one => one.Generation)]);
    }
}

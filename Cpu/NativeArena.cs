// Memory for many blocks of bytes that live and end together, taken from the system in large pieces, so that small matrices lie in huge
// pages too. Knows nothing of their content.
namespace Majlis.Cpu;

/// <param name="pieceBytes">What is taken from the system at a time.</param>
sealed unsafe class NativeArena(long pieceBytes = 32 << 20) : IDisposable
{
    const long Alignment = 64;

    readonly Lock taking = new();
    readonly List<NativeBuffer> pieces = [];
    byte* next;
    long left;

    /// <summary>Zeroed bytes, aligned to a cache line, valid until the arena is disposed.</summary>
    public byte* Take(long bytes)
    {
        bytes = (bytes + Alignment - 1) / Alignment * Alignment;
        lock (taking)
        {
            if (bytes > left)
            {
                pieces.Add(new NativeBuffer(Math.Max(bytes, pieceBytes), hugePages: true));
                next = pieces[^1].Start;
                left = pieces[^1].Bytes;
            }
            var start = next;
            next += bytes;
            left -= bytes;
            return start;
        }
    }

    public void Dispose()
    {
        foreach (var piece in pieces) piece.Dispose();
        pieces.Clear();
    }
}

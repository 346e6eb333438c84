// Compiled grammars, so that a request pays only for one that nobody asked for lately. Knows no request.
using System.Security.Cryptography;
using System.Text;

namespace Majlis.Inference.Grammars;

/// <summary>
/// Thread-safe. Where grammars take more memory than <paramref name="mostBytes"/>, those not used for longest are forgotten; the latest
/// stays.
/// </summary>
public sealed class GrammarCache(long mostBytes = 1 << 27)
{
    readonly Lock gate = new();
    readonly Dictionary<string, LinkedListNode<Entry>> entries = [];
    readonly LinkedList<Entry> latestFirst = new();

    /// <summary>The grammar of a source, compiled on this thread where no other request has it.</summary>
    /// <exception cref="GrammarException">It is wrong, unsupported, too large, or no text fits it.</exception>
    public Grammar Get(GrammarSource source)
    {
        var entry = Find(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(source.Key))), source);
        try
        {
            var grammar = entry.Grammar.Value;
            lock (gate) Shrink();
            return grammar;
        }
        catch // Lazy keeps any exception as it would keep the grammar.
        {
            lock (gate)
                if (entries.TryGetValue(entry.Key, out var node) && node.Value == entry) Forget(node);
            throw;
        }
    }

    Entry Find(string key, GrammarSource source)
    {
        lock (gate)
        {
            if (entries.TryGetValue(key, out var node)) latestFirst.Remove(node);
            else entries[key] = node = new(new(key, new(source.Compile)));
            latestFirst.AddFirst(node);
            return node.Value;
        }
    }

    // Grammars grow while they are used, so all are asked anew.
    void Shrink()
    {
        var bytes = latestFirst.Sum(entry => entry.MemoryBytes);
        while (bytes > mostBytes && latestFirst.Count > 1)
        {
            bytes -= latestFirst.Last!.Value.MemoryBytes;
            Forget(latestFirst.Last);
        }
    }

    void Forget(LinkedListNode<Entry> node)
    {
        entries.Remove(node.Value.Key);
        latestFirst.Remove(node);
    }

    sealed class Entry(string key, Lazy<Grammar> grammar)
    {
        public string Key => key;

        public Lazy<Grammar> Grammar => grammar;

        /// <summary>0 while it is compiled.</summary>
        public long MemoryBytes => grammar.IsValueCreated ? grammar.Value.MemoryBytes : 0;
    }
}

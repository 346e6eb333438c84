// Compiled grammars, so that a request pays only for one that nobody asked for lately. Knows no request.
using System.Security.Cryptography;
using System.Text;

namespace Majlis.Inference.Grammars;

/// <summary>Thread-safe. Of more than <paramref name="most"/> grammars, those not used for longest are forgotten.</summary>
public sealed class GrammarCache(int most = 32)
{
    readonly Lock gate = new();
    readonly LinkedList<(string Key, Lazy<Grammar> Grammar)> latestFirst = new();

    /// <summary>The grammar of a source, compiled on this thread where no other request has it.</summary>
    /// <exception cref="GrammarException">It is wrong, unsupported, too large, or no text fits it.</exception>
    public Grammar Get(GrammarSource source)
    {
        var key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(source.Key)));
        var entry = Find(key, source);
        try
        {
            return entry.Value.Grammar.Value;
        }
        catch // Lazy keeps any exception as it would keep the grammar.
        {
            lock (gate) if (entry.List is not null) latestFirst.Remove(entry);
            throw;
        }
    }

    LinkedListNode<(string Key, Lazy<Grammar> Grammar)> Find(string key, GrammarSource source)
    {
        lock (gate)
        {
            var node = latestFirst.First;
            while (node is not null && node.Value.Key != key) node = node.Next;
            if (node is not null) latestFirst.Remove(node);
            node ??= new((key, new(source.Compile)));
            latestFirst.AddFirst(node);
            if (latestFirst.Count > most) latestFirst.RemoveLast();
            return node;
        }
    }
}

// Short texts that ended states under conditions. Most states of a grammar end by one of a few, which is tried before any search. Knows no
// tokens.
namespace Majlis.Inference.Grammars;

/// <summary>Not thread-safe.</summary>
sealed class Endings(NodeTable table)
{
    const int MostTexts = 8;

    /// <summary>States that are looked at for a new short text.</summary>
    const int MostStates = 64;

    /// <summary>Searches without one, after which none is searched for any more: this grammar's texts are long.</summary>
    const int MostFailures = 16;

    // The last that helped first.
    readonly List<byte[]> texts = [];
    int failures;

    /// <summary>Whether one of the texts that are known ends the state. What is found of it and other states is noted in them.</summary>
    public bool Known(Node state, Derivatives derivatives)
    {
        for (var i = 0; i < texts.Count; i++)
        {
            if (!Leads(texts[i], state, derivatives)) continue;
            (texts[0], texts[i]) = (texts[i], texts[0]);
            return true;
        }
        return false;
    }

    /// <summary>Whether any text ends the state; null where none is near. What is found of it and other states is noted in them.</summary>
    public bool? Search(Node state, Derivatives derivatives)
    {
        if (failures >= MostFailures) return null;
        if (Shortest(state, derivatives) is not { } text)
        {
            if (state.IsLive is null) failures++;
            return state.IsLive;
        }
        texts.Insert(0, text);
        if (texts.Count > MostTexts) texts.RemoveAt(MostTexts);
        return Leads(text, state, derivatives);
    }

    static bool Leads(byte[] text, Node state, Derivatives derivatives)
    {
        var passed = new List<Node>(text.Length);
        foreach (var value in text)
        {
            passed.Add(state);
            if (!state.Begins.Bytes.Contains(value)) return false;
            state = derivatives.Raw(state, value);
            if (Liveness.Known(state) is not { } live) continue;
            if (live)
                foreach (var before in passed) before.IsLive = true;
            return live;
        }
        return false;
    }

    /// <summary>The shortest text to a state that is known to be live; null where it is not near, or there is none.</summary>
    byte[]? Shortest(Node start, Derivatives derivatives)
    {
        var (reached, open) = (new Dictionary<Node, (Node Before, byte Value)> { [start] = default }, new Queue<Node>([start]));
        while (reached.Count < MostStates && open.TryDequeue(out var state))
            foreach (var value in table.Classes.Members)
            {
                if (!state.Begins.Bytes.Contains(value)) continue;
                var next = derivatives.Raw(state, value);
                var live = Liveness.Known(next);
                if (live == false || !reached.TryAdd(next, (state, value))) continue;
                if (live == true) return Path(next, start, reached);
                open.Enqueue(next);
            }
        // All were looked at, and none ends.
        if (open.Count == 0)
            foreach (var dead in reached.Keys) dead.IsLive = false;
        return null;
    }

    static byte[] Path(Node end, Node start, Dictionary<Node, (Node Before, byte Value)> reached)
    {
        var text = new List<byte>();
        for (var at = end; at != start; at = reached[at].Before) text.Add(reached[at].Value);
        text.Reverse();
        return [.. text];
    }
}

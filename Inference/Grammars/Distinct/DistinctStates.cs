// The states of lists whose entries differ: what may follow a byte, so that a key that was written already is never written again, and no
// state is without a way on. Knows no notation.
namespace Majlis.Inference.Grammars.Distinct;

/// <summary>Not thread-safe.</summary>
sealed class DistinctStates(NodeTable table, Derivatives derivatives)
{
    public Node Next(DistinctNode state, byte value)
    {
        var longer = Longer(state, value);
        if (!state.IsWhole) return longer;
        state.Behind ??= Behind(state);
        return table.Alternation(longer, derivatives.Next(state.Behind, value));
    }

    Node Longer(DistinctNode state, byte value)
    {
        var key = derivatives.Next(state.Key, value);
        if (key == table.Nothing) return key;
        var rivals = Rivals(state.Rivals, state.Written, value);
        var next = new DistinctNode(state.List, state.Index, state.Option, key, state.Written.With(value), state.Before, rivals);
        return CanDiffer(key, next.Written, state.Before, rivals) ? table.Add(next) : table.Nothing;
    }

    static byte[][] Rivals(byte[][] rivals, WrittenKey written, byte value) => rivals.Length == 0 || written.Ignores(value) ? rivals
        : [.. rivals.Where(rival => rival.Length > written.Length && rival[written.Length] == value)];

    /// <summary>
    /// Whether the key can go on to one that no entry before has. Once it differs from all of them it can: a key of the grammar has one
    /// text, or may go on for ever.
    /// </summary>
    bool CanDiffer(Node key, WrittenKey written, EarlierKeys before, byte[][] rivals)
    {
        if (rivals.Length == 0 || (key.IsNullable && !before.Contains(written))) return true;
        var taken = rivals.Where(rival => rival.Length > written.Length).Select(rival => rival[written.Length]).ToHashSet();
        for (var value = 0; value < 256; value++)
        {
            if (written.Ignores((byte)value) || taken.Contains((byte)value)) continue;
            if (derivatives.Next(key, (byte)value) != table.Nothing) return true;
        }
        foreach (var value in taken)
            if (derivatives.Next(key, value) is var next && next != table.Nothing
                && CanDiffer(next, written.With(value), before, Rivals(rivals, written, value))) return true;
        return false;
    }

    /// <summary>What stands behind a whole key, and the further entries.</summary>
    Node Behind(DistinctNode state)
    {
        var (list, before, count) = (state.List, state.Before.With(state.Written), state.Index + 1);
        var more = list.Most <= count ? table.Nothing : table.Sequence(list.Comma, Entry(list, count, before));
        return table.Sequence(list.At(state.Index)[state.Option].Behind, list.MayEnd(count) ? table.Optional(more) : more);
    }

    Node Entry(DistinctList list, int index, EarlierKeys before) => table.Alternation(list.At(index)
        .Select((one, option) => one.Key == table.Nothing || one.Behind == table.Nothing
            || !CanDiffer(one.Key, WrittenKey.None, before, before.Texts) ? table.Nothing
            : table.Add(new DistinctNode(list, index, option, one.Key, WrittenKey.None, before, before.Texts))).ToList());
}

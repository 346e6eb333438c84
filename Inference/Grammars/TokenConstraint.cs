// One sequence's place in its grammar, and the tokens that may come next. Knows no sampling.
namespace Majlis.Inference.Grammars;

/// <summary>Used by one thread; the grammar may be shared.</summary>
sealed class TokenConstraint(Grammar grammar, TokenTrie trie)
{
    // Parts looked at for one answer: much work at once is done for a few of its tokens, else for each as much as all others can wait for.
    const int MostWork = 1 << 22;
    const int WorkOfToken = 1 << 15;

    Node state = grammar.Start;
    int work;
    (Node State, TokenMask Mask)? latest;

    /// <summary>The tokens that may come next.</summary>
    /// <exception cref="GrammarException">The grammar turns out too ambiguous, or nested too deeply.</exception>
    public TokenMask Mask
    {
        get
        {
            if (latest is { } known && known.State == state) return known.Mask;
            var mask = Guarded(() => grammar.Masks.Of(state, trie));
            latest = (state, mask);
            return mask;
        }
    }

    /// <summary>Goes on with a token that the mask allows. A token without bytes changes nothing.</summary>
    /// <exception cref="ArgumentException">The grammar forbids the token.</exception>
    /// <exception cref="GrammarException">The grammar turns out too ambiguous, or nested too deeply.</exception>
    public void Advance(int token)
    {
        work = Math.Max(0, work - WorkOfToken);
        state = Guarded(() =>
        {
            var next = state;
            foreach (var value in trie.Bytes(token)) next = grammar.Derivatives.Next(next, value);
            return next;
        });
        if (state == grammar.Table.Nothing) throw new ArgumentException($"The grammar forbids token {token} here.", nameof(token));
    }

    /// <summary>The bytes with which every text goes on from here, at most <paramref name="most"/>; none where it may end.</summary>
    /// <exception cref="GrammarException">The grammar turns out too ambiguous, or nested too deeply.</exception>
    public byte[] Forced(int most) => Guarded(() =>
    {
        var (run, at) = (new List<byte>(), state);
        while (run.Count < most && !at.IsNullable && grammar.Derivatives.Only(at) is { } value)
        {
            run.Add(value);
            at = grammar.Derivatives.Next(at, value);
        }
        return run.ToArray();
    });

    /// <summary>How many of the tokens may come next, one behind the other.</summary>
    /// <exception cref="GrammarException">The grammar turns out too ambiguous, or nested too deeply.</exception>
    public int Fitting(ReadOnlySpan<int> tokens)
    {
        int[] all = tokens.ToArray();
        return Guarded(() =>
        {
            var (count, at) = (0, state);
            for (; count < all.Length && trie.Bytes(all[count]).Length > 0; count++)
            {
                foreach (var value in trie.Bytes(all[count])) at = grammar.Derivatives.Next(at, value);
                if (at == grammar.Table.Nothing) break;
            }
            return count;
        });
    }

    /// <summary>Begins anew: no token has been written.</summary>
    public void Restart() => state = grammar.Start;

    // The grammar's states are other requests', too.
    T Guarded<T>(Func<T> find)
    {
        lock (grammar.Gate)
            try
            {
                grammar.Table.BeginWork();
                var found = find();
                return (work += grammar.Table.Worked) <= MostWork ? found
                    : throw new GrammarException("The grammar is too ambiguous: finding each next token takes too many steps.");
            }
            catch (InsufficientExecutionStackException)
            {
                throw new GrammarException("The grammar calls its rules too deeply for this text.");
            }
    }
}

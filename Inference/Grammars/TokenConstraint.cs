// One sequence's place in its grammar, and the tokens that may come next. Knows no sampling.
namespace Majlis.Inference.Grammars;

/// <summary>Used by one thread; the grammar may be shared.</summary>
sealed class TokenConstraint(Grammar grammar, TokenTrie trie)
{
    Node state = grammar.Start;
    (Node State, TokenMask Mask)? latest;

    /// <summary>The tokens that may come next.</summary>
    /// <exception cref="GrammarException">The grammar turns out too ambiguous.</exception>
    public TokenMask Mask
    {
        get
        {
            if (latest is { } known && known.State == state) return known.Mask;
            lock (grammar.Gate)
            {
                grammar.Table.Trim();
                latest = (state, grammar.Masks.Of(state, trie));
            }
            return latest.Value.Mask;
        }
    }

    /// <summary>Goes on with a token that the mask allows. A token without bytes changes nothing.</summary>
    /// <exception cref="ArgumentException">The grammar forbids the token.</exception>
    public void Advance(int token)
    {
        lock (grammar.Gate)
            foreach (var value in trie.Bytes(token))
                state = grammar.Derivatives.Next(state, value);
        if (state == grammar.Table.Nothing) throw new ArgumentException($"The grammar forbids token {token} here.", nameof(token));
    }
}

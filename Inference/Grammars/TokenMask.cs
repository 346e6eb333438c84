// The set of tokens that may come next. Knows no grammar.
using System.Numerics;

namespace Majlis.Inference.Grammars;

/// <summary>Immutable once it is handed out.</summary>
/// <param name="bits">A bit for each token.</param>
public sealed class TokenMask(ulong[] bits)
{
    readonly ulong[] bits = bits;
    Drawn? drawn;

    /// <summary>No token.</summary>
    public TokenMask(int vocabularySize) : this(new ulong[(vocabularySize + 63) / 64])
    { }

    /// <summary>The text may end here; which tokens end it is not the grammar's matter.</summary>
    public bool MayEnd { get; internal init; }

    /// <summary>Nothing but the end may come.</summary>
    public bool IsOver => MayEnd && !bits.AsSpan().ContainsAnyExcept(0ul);

    /// <summary>Every token but those that end the text.</summary>
    public static TokenMask OfAll(int vocabularySize)
    {
        var mask = new TokenMask(vocabularySize);
        Array.Fill(mask.bits, ulong.MaxValue);
        return mask;
    }

    /// <summary>The same tokens and one more.</summary>
    public TokenMask With(int token)
    {
        var mask = new TokenMask(64 * bits.Length) { MayEnd = MayEnd };
        bits.CopyTo(mask.bits, 0);
        mask.Allow(token);
        return mask;
    }

    /// <summary>The token that must come: no other may, and the text may not end here.</summary>
    public int? Forced
    {
        get
        {
            var word = MayEnd ? -1 : bits.AsSpan().IndexOfAnyExcept(0ul);
            return word < 0 || !BitOperations.IsPow2(bits[word]) || bits.AsSpan(word + 1).ContainsAnyExcept(0ul) ? null
                : word * 64 + BitOperations.TrailingZeroCount(bits[word]);
        }
    }

    public bool Allows(int token) => (bits[token >> 6] >> token & 1) != 0;

    /// <summary>Forbids every other token: its logit becomes minus infinity.</summary>
    /// <param name="logits">[V]</param>
    /// <param name="ends">Tokens that end the text: allowed where it may end, and only there.</param>
    public void Apply(Span<float> logits, ReadOnlySpan<int> ends)
    {
        var kept = new float[ends.Length];
        for (var i = 0; i < kept.Length; i++) kept[i] = MayEnd ? logits[ends[i]] : float.NegativeInfinity;
        for (var start = 0; start < logits.Length; start += 64)
        {
            var some = logits.Slice(start, Math.Min(64, logits.Length - start));
            var forbidden = ~bits[start >> 6];
            if (forbidden == ulong.MaxValue) some.Fill(float.NegativeInfinity);
            else
                for (; forbidden != 0 && BitOperations.TrailingZeroCount(forbidden) is var i && i < some.Length; forbidden &= forbidden - 1)
                    some[i] = float.NegativeInfinity;
        }
        for (var i = 0; i < kept.Length; i++) logits[ends[i]] = kept[i];
    }

    /// <summary>A bit for each token that may be drawn where some tokens end the text; empty where none may.</summary>
    /// <param name="ends">Tokens that end the text: allowed where it may end, and only there.</param>
    public ReadOnlyMemory<ulong> Allowed(ReadOnlySpan<int> ends)
    {
        if (drawn is { } known && known.Ends.AsSpan().SequenceEqual(ends)) return known.Bits;
        var all = bits;
        foreach (var end in ends)
        {
            if ((all[end >> 6] >> end & 1) != 0 == MayEnd) continue;
            if (all == bits) all = [.. bits];
            all[end >> 6] ^= 1ul << end;
        }
        drawn = new(ends.ToArray(), all.AsSpan().ContainsAnyExcept(0ul) ? all : default(ReadOnlyMemory<ulong>));
        return drawn.Bits;
    }

    internal void Allow(TokenMask others)
    {
        for (var i = 0; i < bits.Length; i++) bits[i] |= others.bits[i];
    }

    internal void Allow(int token) => bits[token >> 6] |= 1ul << token;

    /// <summary>What may be drawn with these ends: mostly those of the last sequence.</summary>
    sealed record Drawn(int[] Ends, ReadOnlyMemory<ulong> Bits);
}

// Guesses how one sequence goes on, so that one step computes several of its tokens: what its grammar or the end of its thinking forces,
// else what its past or a small model suggests. A guess is only kept where the very token is then drawn, with the random number, mask and
// penalties of its place; so no guess changes a text. Knows no schedule.
namespace Majlis.Inference.Speculation;

/// <summary>Used by one thread.</summary>
sealed class Guesser(Sequence sequence, Thinking? thinking, AnswerGrammar? grammar, bool looksUp)
{
    // Networks for processors compute eight rows at once for the price of few.
    const int MostSuggested = 7;
    const int MostForced = 32;

    readonly GuessRecord[] records = [new(0.9), new(0.6), new(0.8)];
    GuessKind kind;

    /// <summary>The kind of the last guesses.</summary>
    public GuessKind Kind => kind;

    /// <summary>At most <paramref name="most"/> tokens that may follow; none where none is worth its price.</summary>
    /// <param name="price">What a guess costs, as a share of the time that a token takes without it.</param>
    public int[] Next(int most, double price)
    {
        var forced = Worth(GuessKind.Forced, price, Math.Min(most, MostForced));
        if (forced > 0 && (thinking?.Owed(forced) ?? []) is { Length: > 0 } owed) return Of(GuessKind.Forced, owed);
        if (forced > 0 && (grammar?.Forced(sequence.Output, forced) ?? []) is { Length: > 0 } run) return Of(GuessKind.Forced, run);
        var looked = looksUp ? Worth(GuessKind.Lookup, price, Math.Min(most, MostSuggested)) : 0;
        return looked > 0 ? Fitting(GuessKind.Lookup, PromptLookup.Next(sequence.Tokens, looked)) : [];
    }

    /// <summary>What became of the last guesses.</summary>
    public void Judge(int tried, int right) => records[(int)kind].Judge(tried, right);

    /// <summary>How many suggestions of a small model are worth their price.</summary>
    public int Wish(int most, double price) => Worth(GuessKind.Draft, price, Math.Min(most, MostSuggested));

    /// <summary>What of the suggestions of a small model may come next.</summary>
    public int[] Take(int[] drafted) => Fitting(GuessKind.Draft, drafted);

    int[] Fitting(GuessKind from, int[] next) => Of(from, next[..(grammar?.Fitting(next) ?? next.Length)]);

    int Worth(GuessKind of, double price, int most)
    {
        var depth = records[(int)of].Depth(price, most);
        if (depth == 0 && most > 0) records[(int)of].Skip();
        return depth;
    }

    int[] Of(GuessKind of, int[] guesses)
    {
        kind = of;
        return guesses;
    }
}

// The guesses of a step, for all answers that are being written: what each can guess by itself, then what a small model suggests to the
// others, as far as they are worth their price; and what became of them. Knows no schedule.
using Majlis.Inference.Grammars;

namespace Majlis.Inference.Speculation;

/// <param name="draft">The small model; null where there is none.</param>
sealed class StepGuesses(LoadedModel? draft, TimeProvider time)
{
    readonly Drafter? drafter = draft is null ? null : new(draft);
    readonly GuessPrice price = new();
    readonly DraftPrice drafting = new();
    readonly GuessCount[] counts = new GuessCount[Enum.GetValues<GuessKind>().Length];
    readonly List<(Generation Generation, int Most)> wishes = [];

    /// <summary>By <see cref="GuessKind"/>.</summary>
    public IReadOnlyList<GuessCount> Counts => counts;

    /// <summary>Guesses how each of the sequences, whose last token is not computed yet, goes on behind it.</summary>
    public void Make(IEnumerable<Generation> writing)
    {
        wishes.Clear();
        foreach (var generation in writing) Try(generation, Guess);
        if (wishes.Count == 0) return;
        var start = time.GetTimestamp();
        var drawn = drafter!.Suggest(wishes);
        drafting.Took(time.GetElapsedTime(start), drawn);
        foreach (var (generation, _) in wishes)
            Try(generation, one => one.Sequence.Guesses = one.Guesser.Take(drafter.Of(one)));
    }

    /// <summary>The first <paramref name="right"/> guesses of a step were drawn.</summary>
    public void Judge(Generation generation, int tried, int right)
    {
        if (tried == 0) return;
        generation.Guesser.Judge(tried, right);
        counts[(int)generation.Guesser.Kind] += new GuessCount(tried, right);
    }

    /// <summary>Counts a step that read no prompt, as <see cref="GuessPrice.Took"/> does.</summary>
    public void Took(TimeSpan duration, int computed, int answers) => price.Took(duration, computed, answers);

    public void Forget(Generation generation) => drafter?.Forget(generation);

    void Guess(Generation generation)
    {
        var most = generation.MostGuesses;
        generation.Sequence.Guesses = generation.Guesser.Next(most, price.Share);
        if (drafter is null || generation.Sequence.Guesses.Length > 0) return;
        var wish = generation.Guesser.Wish(most, price.Share + drafting.Share(price.PerToken));
        if (wish > 0) wishes.Add((generation, wish));
    }

    // A guess that cannot be made costs nothing: what is wrong with the grammar shows when the token is drawn.
    static void Try(Generation generation, Action<Generation> guess)
    {
        try
        {
            guess(generation);
        }
        catch (GrammarException)
        {
            generation.Sequence.Guesses = [];
        }
    }
}

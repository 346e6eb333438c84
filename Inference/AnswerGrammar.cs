// The tokens that one sequence's grammar allows. The grammar is the answer's and begins behind the thinking, which is free. Knows no
// sampling.
using Majlis.Inference.Grammars;
using Majlis.Inference.Speculation;
using Majlis.Text.Chat.Reasoning;
using Majlis.Text.Tokenizers;

namespace Majlis.Inference;

/// <summary>Used by one thread.</summary>
sealed class AnswerGrammar
{
    // Bytes of a token that a tokenizer cuts a text into are rarely more.
    const int LongestToken = 16;

    readonly TokenConstraint constraint;
    readonly TextTokenizer tokenizer;
    readonly Thinking? thinking;
    readonly int[] opening;
    readonly HashSet<int> calls;
    readonly TokenMask anything, nothing;
    // While nothing is decided: whether all tokens so far fit the grammar, and how many of the opening mark they are, if they are of it.
    bool fits = true;
    int opened;

    /// <param name="thinking">Null where the answer begins at once.</param>
    /// <param name="calls">Marks of calls, which end the thinking and belong to the answer.</param>
    public AnswerGrammar(Grammar grammar, LoadedModel model, Thinking? thinking, IEnumerable<string> calls)
    {
        this.calls = [.. calls.Select(model.Tokenizer.TokenId).OfType<int>()];
        (constraint, this.thinking, opening) = (new(grammar, model.Tokens), thinking, thinking?.Opening() ?? []);
        tokenizer = model.Tokenizer;
        var size = model.Network.Blueprint.VocabularySize;
        (anything, nothing) = (TokenMask.OfAll(size), new(size));
    }

    /// <summary>
    /// The tokens that may come next. A model that may begin to think may write the opening mark, or begin the answer; a thought goes on
    /// with any token but an end.
    /// </summary>
    public TokenMask Mask => thinking?.Phase switch
    {
        ReasoningPhase.Before when opened < opening.Length => (fits ? constraint.Mask : nothing).With(opening[opened]),
        ReasoningPhase.Thinking => anything,
        _ => constraint.Mask,
    };

    /// <summary>Goes on with a token that the mask allows, before its text is read.</summary>
    public void Advance(int token)
    {
        switch (thinking?.Phase)
        {
            case ReasoningPhase.Before:
                fits = fits && constraint.Mask.Allows(token);
                if (fits) constraint.Advance(token);
                opened = opened < opening.Length && opening[opened] == token ? opened + 1 : int.MaxValue;
                break;
            case ReasoningPhase.Thinking:
                constraint.Restart();
                if (calls.Contains(token) && constraint.Mask.Allows(token)) constraint.Advance(token);
                break;
            default:
                constraint.Advance(token);
                break;
        }
    }

    /// <summary>
    /// The tokens that most likely spell what must come next, where the answer has begun; none where there is a choice.
    /// </summary>
    public int[] Forced(ReadOnlySpan<int> output, int most)
    {
        if (!HasBegun) return [];
        var tokens = ForcedText.Tokens(tokenizer, output, constraint.Forced(most * LongestToken));
        return tokens[..Math.Min(most, constraint.Fitting(tokens))];
    }

    /// <summary>How many of the tokens may come next, one behind the other, where that is known.</summary>
    public int Fitting(ReadOnlySpan<int> tokens) => HasBegun ? constraint.Fitting(tokens) : tokens.Length;

    bool HasBegun => thinking is null or { Phase: not (ReasoningPhase.Before or ReasoningPhase.Thinking) };
}

// The tokens that one sequence's grammar allows. The grammar is the answer's and begins behind the thinking, which is free. Knows no
// sampling.
using Majlis.Inference.Grammars;
using Majlis.Text.Chat.Reasoning;

namespace Majlis.Inference;

/// <summary>Used by one thread.</summary>
sealed class AnswerGrammar
{
    readonly TokenConstraint constraint;
    readonly Thinking? thinking;
    readonly int[] opening;
    readonly TokenMask anything, nothing;
    // While nothing is decided: whether all tokens so far fit the grammar, and how many of the opening mark they are, if they are of it.
    bool fits = true;
    int opened;

    /// <param name="thinking">Null where the answer begins at once.</param>
    public AnswerGrammar(Grammar grammar, LoadedModel model, Thinking? thinking)
    {
        (constraint, this.thinking, opening) = (new(grammar, model.Tokens), thinking, thinking?.Opening() ?? []);
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
                break;
            default:
                constraint.Advance(token);
                break;
        }
    }
}

// Compiles what a request wants its answer to be, on the request's own thread, so that no other answer waits for it in the engine. Knows no
// notation.
using Majlis.Inference.Grammars;
using Majlis.Server.Chat.Tools;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

sealed class WishedGrammars(GrammarCache grammars)
{
    /// <summary>Null where nothing is wished, or with the reason in <paramref name="problem"/>.</summary>
    public Grammar? Compile(GrammarWish? wish, Problem problem)
    {
        if (wish is null || problem.First is not null) return null;
        try
        {
            return grammars.Get(wish.Source);
        }
        catch (GrammarException wrong)
        {
            var field = Field(wish);
            problem.Add(ApiError.InvalidValue(field, $"Invalid '{field}': {wrong.Message}"));
            return null;
        }
    }

    /// <summary>The field whose part of the grammar is wrong.</summary>
    string Field(GrammarWish wish)
    {
        if (wish.Source is not CallsSource { Text: { } format }) return wish.Field;
        try
        {
            grammars.Get(format);
            return AnswerWish.Field;
        }
        catch (GrammarException)
        {
            return wish.Field;
        }
    }
}

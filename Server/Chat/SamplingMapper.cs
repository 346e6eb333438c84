// Maps a request's sampling fields and the model's defaults to the engine's options. Knows words and tokens, not how sampling works.
using System.Collections.Immutable;
using Majlis.Inference;
using Majlis.Server.Wire;
using Majlis.Text.Tokenizers;

namespace Majlis.Server.Chat;

static class SamplingMapper
{
    /// <summary>Fills in the model's defaults and checks the result against the vocabulary.</summary>
    public static SamplingOptions Map(SamplingWishes wishes, LoadedModel model, long seed, Problem problem)
    {
        var defaults = model.Defaults;
        var options = new SamplingOptions
        {
            Temperature = wishes.Temperature ?? defaults.Temperature ?? 1,
            // OpenAI allows 0, which keeps only the best token.
            TopP = Math.Max(wishes.TopP ?? defaults.TopP ?? 1, 1e-9f),
            TopK = wishes.TopK ?? defaults.TopK ?? 0,
            MinP = wishes.MinP ?? defaults.MinP ?? 0,
            TypicalP = Math.Max(wishes.TypicalP ?? 1, 1e-9f),
            RepetitionPenalty = wishes.RepetitionPenalty ?? defaults.RepetitionPenalty ?? 1,
            FrequencyPenalty = wishes.FrequencyPenalty ?? 0,
            PresencePenalty = wishes.PresencePenalty ?? 0,
            Seed = seed,
            MinTokens = wishes.MinTokens ?? 0,
            IgnoreEos = wishes.IgnoreEos ?? false,
            LogitBias = wishes.LogitBias,
            StopTokenIds = wishes.StopTokens,
            AllowedTokenIds = wishes.AllowedTokens,
            BadWords = [.. wishes.BadWords.SelectMany(word => Spellings(word, model.Tokenizer))],
        };
        if (options.Problem(model.Network.Blueprint.VocabularySize) is { } wrong)
            problem.Add(ApiError.InvalidValue(wrong.Field, wrong.Message));
        return options;
    }

    // A word has other tokens at the start of a text than after a space. Both forms are banned (as in vLLM).
    static IEnumerable<ImmutableArray<int>> Spellings(string word, TextTokenizer tokenizer)
    {
        var bare = tokenizer.Encode(word.TrimStart(), addSpecialTokens: false);
        var spaced = tokenizer.Encode(' ' + word.TrimStart(), addSpecialTokens: false);
        yield return [.. bare];
        if (spaced.Length == bare.Length && spaced[0] != bare[0]) yield return [.. spaced];
    }
}

// From the inputs of a request to the tokens that an encoder reads. Arrays of ids are the encoder's own where they are framed as its
// tokenizer frames a text; any others are OpenAI's (cl100k_base), in which clients such as LangChain send texts to every server.
using Majlis.Inference.Sentences;
using Majlis.Model.Sentences;
using Majlis.Server.Completions;
using Majlis.Server.Tokens;
using Majlis.Server.Wire;
using Majlis.Text.Tokenizers;

namespace Majlis.Server.Embeddings;

/// <param name="reader">What reads them.</param>
/// <param name="request">Its inputs, and what may be left out of them.</param>
sealed class InputTokens(VectorReader reader, EmbeddingRequest request)
{
    readonly string prompt = PromptOf(reader.Config, request.Kind);
    readonly int most = Math.Min(request.MostTokens ?? int.MaxValue, reader.Config.MaxTokens);

    /// <summary>Tokens of each input, or none with the reason in <paramref name="problem"/>.</summary>
    public int[][] Read(Problem problem)
    {
        var tokens = new int[request.Inputs.Length][];
        foreach (var (i, input) in request.Inputs.Index())
        {
            var name = request.Inputs.Length == 1 ? request.Field : $"{request.Field}[{i}]";
            if (Of(input, name, problem) is { } found && problem.First is null) tokens[i] = found;
            else return [];
        }
        return tokens;
    }

    int[]? Of(GivenPrompt input, string name, Problem problem)
    {
        if (input.Text is null && input.Tokens.Length == 0)
        {
            problem.Add(Empty(name));
            return null;
        }
        if (input.Text is null && (reader.Tokenizer is null || reader.Tokenizer.IsFramed(input.Tokens)))
            return Own(input.Tokens, name, problem);
        if (reader.Tokenizer is null)
        {
            problem.Add(ApiError.InvalidValue(name, $"Invalid '{name}': '{reader.Name}' has no tokenizer and takes token ids only."));
            return null;
        }
        if ((input.Text ?? Decoded(input.Tokens, name, problem)) is not { } text) return null;
        // Where every token is as long as the longest, the text still does not fit.
        var fits = request.Truncation != Truncation.None || text.Length <= (long)most * Math.Max(100, reader.Tokenizer.LongestToken);
        var tokens = fits ? SentenceTokens.Of(reader.Tokenizer, reader.Config, prompt, text, most, request.Truncation) : null;
        if (tokens is null) problem.Add(TooLong(name));
        else if (tokens.Length == 0) problem.Add(Empty(name));
        return tokens;
    }

    int[]? Own(int[] tokens, string name, Problem problem)
    {
        if (tokens.Length > most && request.Truncation == Truncation.None) problem.Add(TooLong(name));
        TokenIdReader.CheckRange(tokens, name, reader.VocabularySize, problem);
        return tokens.Length <= most ? tokens : request.Truncation == Truncation.Start ? tokens[^most..] : tokens[..most];
    }

    string? Decoded(int[] tokens, string name, Problem problem)
    {
        var at = tokens.AsSpan().IndexOfAnyExceptInRange(0, OpenAiTokens.Vocabulary - 1);
        if (at < 0) return OpenAiTokens.Decode(tokens);
        problem.Add(ApiError.InvalidValue($"{name}[{at}]", $"Invalid '{name}[{at}]': {tokens[at]} is no token of cl100k_base, in which "
            + $"token ids are read unless they are framed as the tokenizer of '{reader.Name}' frames a text. Send texts instead."));
        return null;
    }

    static ApiError Empty(string name) => ApiError.InvalidValue(name, $"Invalid '{name}': it has no tokens.");

    ApiError TooLong(string name) => new(400, "invalid_request_error",
        $"This model's maximum input is {reader.Config.MaxTokens} tokens, but '{name}' is longer{(most < reader.Config.MaxTokens
            ? $" than the {most} that were asked for" : "")}. {Advice(name)}", name, "context_length_exceeded");

    /// <summary>What to do about a text that is too long; 'texts' are Cohere's.</summary>
    public static string Advice(string name) => name == "query" ? "A question is never cut; send a shorter one."
        : name.StartsWith("texts", StringComparison.Ordinal) ? "'truncate': \"END\" cuts it." : "'truncate_prompt_tokens': -1 cuts it.";

    static string PromptOf(SentenceConfig config, TextKind? kind) => kind switch
    {
        TextKind.Query => config.QueryPrompt,
        TextKind.Document => config.DocumentPrompt,
        TextKind.Classification => config.Prompt("classification"),
        TextKind.Clustering => config.Prompt("clustering"),
        _ => config.Prompt(),
    };
}

/// <summary>What reads texts to make vectors of them.</summary>
/// <param name="Tokenizer">Null: it takes token ids only.</param>
sealed record VectorReader(string Name, TextTokenizer? Tokenizer, SentenceConfig Config, int VocabularySize)
{
    public static VectorReader Of(SentenceModel model) =>
        new(model.Name, model.Tokenizer, model.Config, model.Network.Blueprint.VocabularySize);
}

// From the inputs of a request to the tokens that an encoder reads. Arrays of ids are the encoder's own where they are framed as its
// tokenizer frames a text; any others are OpenAI's (cl100k_base), in which clients such as LangChain send texts to every server.
using Majlis.Inference.Sentences;
using Majlis.Server.Completions;
using Majlis.Server.Tokens;
using Majlis.Server.Wire;
using Majlis.Text.Tokenizers;

namespace Majlis.Server.Embeddings;

/// <param name="model">The encoder.</param>
/// <param name="request">Its inputs, and what may be left out of them.</param>
sealed class InputTokens(SentenceModel model, EmbeddingRequest request)
{
    readonly string prompt = PromptOf(model, request.Kind);
    readonly int most = Math.Min(request.MostTokens ?? int.MaxValue, model.Config.MaxTokens);

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
        if (input.Text is null && (model.Tokenizer is null || model.Tokenizer.IsFramed(input.Tokens)))
            return Own(input.Tokens, name, problem);
        if (model.Tokenizer is null)
        {
            problem.Add(ApiError.InvalidValue(name, $"Invalid '{name}': '{model.Name}' has no tokenizer and takes token ids only."));
            return null;
        }
        if ((input.Text ?? Decoded(input.Tokens, name, problem)) is not { } text) return null;
        // Where every token is as long as the longest, the text still does not fit.
        var fits = request.Truncation != Truncation.None || text.Length <= (long)most * Math.Max(100, model.Tokenizer.LongestToken);
        var tokens = fits ? SentenceTokens.Of(model.Tokenizer, model.Config, prompt, text, most, request.Truncation) : null;
        if (tokens is null) problem.Add(TooLong(name));
        else if (tokens.Length == 0) problem.Add(Empty(name));
        return tokens;
    }

    int[]? Own(int[] tokens, string name, Problem problem)
    {
        if (tokens.Length > most && request.Truncation == Truncation.None) problem.Add(TooLong(name));
        TokenIdReader.CheckRange(tokens, name, model.Network.Blueprint.VocabularySize, problem);
        return tokens.Length <= most ? tokens : request.Truncation == Truncation.Start ? tokens[^most..] : tokens[..most];
    }

    string? Decoded(int[] tokens, string name, Problem problem)
    {
        var at = tokens.AsSpan().IndexOfAnyExceptInRange(0, OpenAiTokens.Vocabulary - 1);
        if (at < 0) return OpenAiTokens.Decode(tokens);
        problem.Add(ApiError.InvalidValue($"{name}[{at}]", $"Invalid '{name}[{at}]': {tokens[at]} is no token of cl100k_base, in which "
            + $"token ids are read unless they are framed as the tokenizer of '{model.Name}' frames a text. Send texts instead."));
        return null;
    }

    static ApiError Empty(string name) => ApiError.InvalidValue(name, $"Invalid '{name}': it has no tokens.");

    ApiError TooLong(string name) => new(400, "invalid_request_error",
        $"This model's maximum input is {model.Config.MaxTokens} tokens, but '{name}' is longer{(most < model.Config.MaxTokens
            ? $" than the {most} that were asked for" : "")}. 'truncate_prompt_tokens': -1 cuts it.", name, "context_length_exceeded");

    static string PromptOf(SentenceModel model, TextKind? kind) => kind switch
    {
        TextKind.Query => model.Config.QueryPrompt,
        TextKind.Document => model.Config.DocumentPrompt,
        TextKind.Classification => model.Config.Prompt("classification"),
        TextKind.Clustering => model.Config.Prompt("clustering"),
        _ => model.Config.Prompt(),
    };
}

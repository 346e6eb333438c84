// Reads the form of the reply: streamed or whole, how many choices, which extras. Knows nothing of its content.
using System.Text.Json;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

static class OutputReader
{
    const int MostChoices = 128;
    const int MostTop = 20;

    public static OutputWishes Read(Fields fields)
    {
        var wishes = Form(fields) with
        {
            LogProbabilities = fields.Flag("logprobs") ?? false,
            TopLogProbabilities = fields.Int("top_logprobs", 0, MostTop) ?? 0,
        };
        if (wishes is { TopLogProbabilities: > 0, LogProbabilities: false })
            fields.Problem.Add(ApiError.InvalidValue("top_logprobs", "'top_logprobs' needs 'logprobs' to be true."));
        return wishes;
    }

    /// <summary>The same for completions, whose 'logprobs' is the number of rivals.</summary>
    public static OutputWishes ReadCompletion(Fields fields)
    {
        var rivals = fields.Int("logprobs", 0, MostTop);
        var wishes = Form(fields) with { LogProbabilities = rivals is not null, TopLogProbabilities = rivals ?? 0 };
        if (wishes.Obfuscate)
            fields.Problem.Add(ApiError.UnsupportedField("stream_options.include_obfuscation", "Completions are not padded; chats are."));
        return wishes;
    }

    /// <summary>How many are generated of which the best are returned; null where the field is absent.</summary>
    public static int? BestOf(Fields fields, string field, OutputWishes output)
    {
        var best = fields.Int(field, 1, MostChoices);
        if (best < output.Choices)
            fields.Problem.Add(ApiError.InvalidValue(field, $"Invalid '{field}': {best} is less than 'n', which is {output.Choices}."));
        if (best > output.Choices && output.Stream)
            fields.Problem.Add(ApiError.InvalidValue(field, $"'{field}' above 'n' cannot be streamed: the best is known at the end."));
        return best;
    }

    static OutputWishes Form(Fields fields)
    {
        var stream = fields.Flag("stream") ?? false;
        return StreamOptions(fields, new OutputWishes
        {
            Choices = fields.Int("n", 1, MostChoices) ?? 1,
            Stream = stream,
            PromptLogProbabilities = PromptLogProbabilities(fields, stream),
            TokenIds = fields.Flag("return_token_ids") ?? false,
            SkipSpecialTokens = fields.Flag("skip_special_tokens") ?? true,
            IncludeStop = fields.Flag("include_stop_str_in_output") ?? false,
        });
    }

    /// <summary>vLLM's 'prompt_logprobs', for whole replies only as there.</summary>
    static int? PromptLogProbabilities(Fields fields, bool stream)
    {
        const string field = "prompt_logprobs";
        var wanted = fields.Int(field, 0, MostTop);
        if (wanted is not null && stream)
            fields.Problem.Add(ApiError.InvalidValue(field, $"'{field}' is not given in streams; leave out 'stream'."));
        return wanted;
    }

    static OutputWishes StreamOptions(Fields fields, OutputWishes wishes)
    {
        if (fields.Of("stream_options", JsonValueKind.Object, "an object") is not { } given) return wishes;
        if (!wishes.Stream)
            fields.Problem.Add(ApiError.InvalidValue("stream_options", "'stream_options' needs 'stream' to be true."));
        var options = new Fields(given, "stream_options", fields.Problem);
        wishes = wishes with
        {
            IncludeUsage = options.Flag("include_usage") ?? false,
            Obfuscate = options.Flag("include_obfuscation") ?? false,
        };
        options.Done();
        return wishes;
    }
}

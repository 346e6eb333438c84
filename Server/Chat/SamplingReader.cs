// The sampling fields of a request, with OpenAI's ranges and vLLM's for the fields that OpenAI lacks. Knows no model, so it cannot know
// which tokens exist.
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

static class SamplingReader
{
    // The engine's single thread scans these lists for every token.
    const int MostTokens = 16384;
    const int MostBiases = 1024;
    const int MostWords = 1024;
    const int LongestWord = 256;

    public static SamplingWishes Read(Fields fields) => new()
    {
        Temperature = fields.Number("temperature", 0, 2),
        TopP = fields.Number("top_p", 0, 1),
        TopK = fields.Int("top_k", -1, int.MaxValue),
        MinP = fields.Number("min_p", 0, 1),
        TypicalP = fields.Number("typical_p", 0, 1),
        RepetitionPenalty = fields.Number("repetition_penalty", 0.01, 10),
        FrequencyPenalty = fields.Number("frequency_penalty", -2, 2),
        PresencePenalty = fields.Number("presence_penalty", -2, 2),
        Seed = fields.Integer("seed", long.MinValue, long.MaxValue),
        MinTokens = fields.Int("min_tokens", 0, int.MaxValue),
        IgnoreEos = fields.Flag("ignore_eos"),
        LogitBias = Bias(fields),
        StopTokens = Tokens(fields, "stop_token_ids"),
        AllowedTokens = Allowed(fields),
        BadWords = Words(fields),
    };

    static ImmutableDictionary<int, float> Bias(Fields fields)
    {
        var bias = ImmutableDictionary.CreateBuilder<int, float>();
        if (!CheckCount(fields, "logit_bias", MostBiases)) return bias.ToImmutable();
        if (fields.Of("logit_bias", JsonValueKind.Object, "an object") is not { } given) return bias.ToImmutable();
        var values = new Fields(given, "logit_bias", fields.Problem);
        foreach (var key in given.EnumerateObject().Select(field => field.Name))
            if (TokenId(key) is not { } token)
                fields.Problem.Add(ApiError.InvalidValue("logit_bias", $"Invalid key in 'logit_bias': '{key}' is no token id."));
            else if (values.Number(key, -100, 100) is { } value)
                bias[token] = value;
        return bias.ToImmutable();
    }

    static ImmutableArray<int> Allowed(Fields fields)
    {
        const string field = "allowed_token_ids";
        var given = fields.Has(field);
        var tokens = Tokens(fields, field);
        if (given && tokens.IsEmpty)
            fields.Problem.Add(ApiError.InvalidValue(field,
                $"Invalid '{field}': an empty list would allow nothing; leave it out to allow all."));
        return [.. tokens.Distinct()];
    }

    // The count is checked before any entry is read.
    static bool CheckCount(Fields fields, string field, int most)
    {
        var count = fields.Peek(field) switch
        {
            { ValueKind: JsonValueKind.Array } array => array.GetArrayLength(),
            { ValueKind: JsonValueKind.Object } members => members.GetPropertyCount(),
            _ => 0,
        };
        if (count <= most) return true;
        fields.Problem.Add(ApiError.InvalidValue(field, $"Invalid '{field}': {count} entries; up to {most} are taken."));
        return false;
    }

    static ImmutableArray<int> Tokens(Fields fields, string field)
    {
        var tokens = ImmutableArray.CreateBuilder<int>();
        if (!CheckCount(fields, field, MostTokens)) return [];
        foreach (var (value, name) in fields.Items(field))
            if (value.ValueKind == JsonValueKind.Number && TokenId(value.GetRawText()) is { } token) tokens.Add(token);
            else fields.Problem.Add(ApiError.WrongType(name, "a token id", Fields.Kind(value)));
        return tokens.ToImmutable();
    }

    // The model's vocabulary is not known here. A number too large for int becomes the largest, which no model has either.
    static int? TokenId(string text) =>
        Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id) ? int.CreateSaturating(id) : null;

    static ImmutableArray<string> Words(Fields fields)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        if (!CheckCount(fields, "bad_words", MostWords)) return [];
        foreach (var (value, name) in fields.Items("bad_words"))
            if (value.ValueKind != JsonValueKind.String) fields.Problem.Add(ApiError.WrongType(name, "a string", Fields.Kind(value)));
            else if (value.GetString() is { Length: > 0 and <= LongestWord } word) words.Add(word);
            else fields.Problem.Add(ApiError.InvalidValue(name,
                $"Invalid '{name}': a word has 1 to {LongestWord} characters; an empty one would forbid everything."));
        return words.ToImmutable();
    }
}

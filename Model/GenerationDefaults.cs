// How a model wants to be sampled and where it stops, by its own files. What a request says comes before it.
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Model.Tokenizers;
using Majlis.Model.Weights;

namespace Majlis.Model;

/// <summary>Defaults out of generation_config.json, config.json or GGUF keys; null where the model says nothing.</summary>
public sealed record GenerationDefaults(ImmutableArray<int> EosTokens, int? BosToken)
{
    public int? PadToken { get; init; }
    public float? Temperature { get; init; }
    public int? TopK { get; init; }
    public float? TopP { get; init; }
    public float? MinP { get; init; }
    public float? RepetitionPenalty { get; init; }

    static readonly string[] ends = ["eos", "eot", "eom"];

    /// <summary>Reads a folder's generation_config.json where there is one, over config.json.</summary>
    /// <exception cref="ModelFormatException">A field of the wrong kind.</exception>
    public static GenerationDefaults Read(string folder, JsonElement config)
    {
        var path = Path.Combine(folder, CheckpointFiles.GenerationConfig);
        if (!File.Exists(path)) return Read(config, config, Path.Combine(folder, CheckpointFiles.Config));
        using var document = ModelJson.Read(path);
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new ModelFormatException($"{path}: expected a JSON object.");
        return Read(document.RootElement, config, path);
    }

    /// <summary>Reads a GGUF's keys: the turn's and the message's end are ends as well, where the file names them.</summary>
    public static GenerationDefaults Read(GgufFile file) => new(
        [.. ends.Select(name => file.Integer($"tokenizer.ggml.{name}_token_id")).OfType<long>().Select(id => (int)id).Distinct()],
        (int?)file.Integer("tokenizer.ggml.bos_token_id"))
    {
        PadToken = (int?)file.Integer("tokenizer.ggml.padding_token_id"),
        Temperature = (float?)file.Number("general.sampling.temp"),
        TopK = (int?)file.Integer("general.sampling.top_k"),
        TopP = (float?)file.Number("general.sampling.top_p"),
        MinP = (float?)file.Number("general.sampling.min_p"),
        RepetitionPenalty = (float?)file.Number("general.sampling.penalty_repeat"),
    };

    /// <summary>The tokenizer's own end of a text ends an answer as well: chat models often name another token there than in
    /// config.json.</summary>
    public GenerationDefaults WithEnd(string? token, TextTokenizer? tokenizer) =>
        token is not null && tokenizer?.TokenId(token) is { } id && !EosTokens.Contains(id) ? this with { EosTokens = EosTokens.Add(id) }
            : this;

    /// <summary>As generation_config.json.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject();
        if (BosToken is not null) json["bos_token_id"] = BosToken;
        if (!EosTokens.IsEmpty)
            json["eos_token_id"] = EosTokens is [var only] ? only : new JsonArray([.. EosTokens.Select(id => JsonValue.Create(id))]);
        if (PadToken is not null) json["pad_token_id"] = PadToken;
        if (Temperature is not null) (json["do_sample"], json["temperature"]) = (true, Temperature);
        if (TopK is not null) json["top_k"] = TopK;
        if (TopP is not null) json["top_p"] = TopP;
        if (MinP is not null) json["min_p"] = MinP;
        if (RepetitionPenalty is not null) json["repetition_penalty"] = RepetitionPenalty;
        return json;
    }

    static GenerationDefaults Read(JsonElement own, JsonElement config, string path)
    {
        var eos = Tokens(own, "eos_token_id", path);
        return new(eos.IsEmpty ? Tokens(config, "eos_token_id", path) : eos,
            First(Tokens(own, "bos_token_id", path)) ?? First(Tokens(config, "bos_token_id", path)))
        {
            PadToken = (First(Tokens(own, "pad_token_id", path)) ?? First(Tokens(config, "pad_token_id", path))) is >= 0 and var pad
                ? pad : null,
            Temperature = Number(own, "temperature", path),
            TopK = Whole(own, "top_k", path),
            TopP = Number(own, "top_p", path),
            MinP = Number(own, "min_p", path),
            RepetitionPenalty = Number(own, "repetition_penalty", path),
        };
    }

    static int? First(ImmutableArray<int> tokens) => tokens.IsEmpty ? null : tokens[0];

    static ImmutableArray<int> Tokens(JsonElement from, string field, string path)
    {
        if (!from.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null) return [];
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var one)) return [one];
        if (value.ValueKind == JsonValueKind.Array
            && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out _)))
            return [.. value.EnumerateArray().Select(item => item.GetInt32())];
        throw new ModelFormatException($"{path}: '{field}' is no token id and no list of them.");
    }

    static int? Whole(JsonElement from, string field, string path)
    {
        if (!from.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number
            : throw new ModelFormatException($"{path}: '{field}' is no whole number.");
    }

    static float? Number(JsonElement from, string field, string path)
    {
        if (!from.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.Number ? value.GetSingle()
            : throw new ModelFormatException($"{path}: '{field}' is no number.");
    }
}

// A model's sampling defaults and end tokens, from its own files. A request's options override them.
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Model.Weights.Gguf;
using Majlis.Text;
using Majlis.Text.Tokenizers;

namespace Majlis.Model;

/// <summary>Defaults from generation_config.json, config.json or GGUF keys; null if the model has none.</summary>
public sealed record GenerationDefaults(ImmutableArray<int> EosTokens, int? BosToken)
{
    public int? PadToken { get; init; }
    public float? Temperature { get; init; }
    public int? TopK { get; init; }
    public float? TopP { get; init; }
    public float? MinP { get; init; }
    public float? RepetitionPenalty { get; init; }

    /// <summary>Ids in the files for which the network has no logit, each after its field; the ids above exclude them.</summary>
    public ImmutableArray<string> Ignored { get; init; } = [];

    static readonly string[] ends = ["eos", "eot", "eom"];

    /// <summary>Reads a folder's generation_config.json, if there is one, over config.json.</summary>
    /// <exception cref="ModelFormatException">A field of the wrong kind.</exception>
    public static GenerationDefaults Read(string folder, JsonElement config, int vocabularySize)
    {
        var path = Path.Combine(folder, CheckpointFiles.GenerationConfig);
        if (!File.Exists(path)) return Read(config, config, Path.Combine(folder, CheckpointFiles.Config), vocabularySize);
        using var document = ModelJson.Read(path);
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new ModelFormatException($"{path}: expected a JSON object.");
        return Read(document.RootElement, config, path, vocabularySize);
    }

    /// <summary>Reads a GGUF's keys: the ends of the turn and of the message count as end tokens too, if the file names them.</summary>
    public static GenerationDefaults Read(GgufFile file, int vocabularySize)
    {
        var tokens = new NamedTokens(vocabularySize);
        return new([.. ends.Select(Id).OfType<int>().Distinct()], Id("bos"))
        {
            PadToken = Id("padding"),
            Temperature = (float?)file.Number("general.sampling.temp"),
            TopK = (int?)file.Integer("general.sampling.top_k"),
            TopP = (float?)file.Number("general.sampling.top_p"),
            MinP = (float?)file.Number("general.sampling.min_p"),
            RepetitionPenalty = (float?)file.Number("general.sampling.penalty_repeat"),
            Ignored = tokens.Ignored,
        };

        int? Id(string role) => $"tokenizer.ggml.{role}_token_id" is var key ? tokens.Known(key, file.Integer(key)) : null;
    }

    /// <summary>The tokenizer's end-of-text token ends an answer too: chat models often name another token there than in
    /// config.json.</summary>
    public GenerationDefaults WithEnd(string? token, TextTokenizer? tokenizer, int vocabularySize)
    {
        if (token is null || tokenizer?.TokenId(token) is not { } id || EosTokens.Contains(id)) return this;
        return id < vocabularySize ? this with { EosTokens = EosTokens.Add(id) } : this with { Ignored = Ignored.Add($"eos_token {id}") };
    }

    /// <summary>These defaults as a generation_config.json.</summary>
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

    static GenerationDefaults Read(JsonElement own, JsonElement config, string path, int vocabularySize)
    {
        var tokens = new NamedTokens(vocabularySize);
        return new(Ids("eos_token_id"), First("bos_token_id"))
        {
            PadToken = First("pad_token_id"),
            Temperature = Number(own, "temperature", path),
            TopK = Whole(own, "top_k", path),
            TopP = Number(own, "top_p", path),
            MinP = Number(own, "min_p", path),
            RepetitionPenalty = Number(own, "repetition_penalty", path),
            Ignored = tokens.Ignored,
        };

        ImmutableArray<int> Ids(string field) => tokens.Read(own, field, path) is { IsEmpty: false } ids ? ids
            : tokens.Read(config, field, path);

        int? First(string field) => Ids(field).Select(id => (int?)id).FirstOrDefault();
    }

    static int? Whole(JsonElement from, string field, string path)
    {
        if (!from.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number
            : throw new ModelFormatException($"{path}: '{field}' is not a whole number.");
    }

    static float? Number(JsonElement from, string field, string path)
    {
        if (!from.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.Number ? value.GetSingle()
            : throw new ModelFormatException($"{path}: '{field}' is not a number.");
    }
}

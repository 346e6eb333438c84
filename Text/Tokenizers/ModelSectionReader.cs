// Reads the model section of tokenizer.json: vocabulary, merges or scores, and the options of its kind.
using System.Collections.Immutable;
using System.Text.Json;

namespace Majlis.Text.Tokenizers;

static class ModelSectionReader
{
    public static ModelDefinition Read(JsonField model)
    {
        var kind = Kind(model);
        if (kind == ModelKind.Unigram) return Unigram(model);
        var definition = new ModelDefinition
        {
            Kind = kind,
            Vocabulary = ReadVocabulary(model.Field("vocab")),
            UnknownToken = model.TextOrNull("unk_token"),
            // A WordPiece file without the field means the default prefix; an empty text means none.
            ContinuingPrefix = kind == ModelKind.WordPiece ? model.TextOrNull("continuing_subword_prefix")
                : Affix(model, "continuing_subword_prefix"),
            EndOfWordSuffix = Affix(model, "end_of_word_suffix"),
            FuseUnknown = model.FlagOr("fuse_unk", false),
            ByteFallback = model.FlagOr("byte_fallback", false),
            IgnoreMerges = model.FlagOr("ignore_merges", false),
            MaxWordLength = model.Find("max_input_chars_per_word")?.Count(int.MaxValue) ?? 100,
        };
        if (model.Find("dropout") is { } dropout && dropout.Number() != 0)
            throw dropout.Wrong("makes tokens random, which belongs to training");
        return kind == ModelKind.Bpe ? WithMerges(definition, model.Field("merges")) : definition;
    }

    static string? Affix(JsonField model, string name) => model.TextOrNull(name) is { Length: > 0 } text ? text : null;

    /// <summary>Infers the kind of files older than the type field from their other fields.</summary>
    static ModelKind Kind(JsonField model)
    {
        if (model.Find("type") is not { } type)
            return model.Field("vocab").Value.ValueKind == JsonValueKind.Array ? ModelKind.Unigram
                : model.Find("merges") is not null ? ModelKind.Bpe
                : model.Find("max_input_chars_per_word") is not null ? ModelKind.WordPiece
                : ModelKind.WordLevel;
        return type.Text() switch
        {
            "BPE" => ModelKind.Bpe,
            "Unigram" => ModelKind.Unigram,
            "WordPiece" => ModelKind.WordPiece,
            "WordLevel" => ModelKind.WordLevel,
            _ => throw type.Wrong($"is \"{type.Text()}\", which is none of BPE, Unigram, WordPiece, WordLevel"),
        };
    }

    static Vocabulary ReadVocabulary(JsonField vocab)
    {
        if (!vocab.IsObject) throw vocab.Wrong("should be an object of tokens and ids");
        var vocabulary = new Vocabulary(vocab.Value.GetPropertyCount());
        foreach (var entry in vocab.Value.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out var id) || id < 0 || id >= Vocabulary.MaxId)
                throw vocab.Wrong($"gives \"{entry.Name}\" the id {entry.Value.GetRawText()}; expected 0 to {Vocabulary.MaxId - 1}");
            vocabulary.Add(entry.Name, id);
        }
        return vocabulary;
    }

    static ModelDefinition Unigram(JsonField model)
    {
        var entries = model.Field("vocab").Items().ToList();
        var vocabulary = new Vocabulary(entries.Count);
        var scores = ImmutableArray.CreateBuilder<double>(entries.Count);
        foreach (var entry in entries)
        {
            if (entry.Items().ToList() is not [var token, var score]) throw entry.Wrong("is not [token, score]");
            vocabulary.Add(token.Text(), scores.Count);
            scores.Add(score.Number());
        }
        return new ModelDefinition
        {
            Kind = ModelKind.Unigram,
            Vocabulary = vocabulary,
            Scores = scores.ToImmutable(),
            UnknownId = model.Find("unk_id")?.Count(Math.Max(entries.Count, 1)),
            ByteFallback = model.FlagOr("byte_fallback", false),
        };
    }

    static ModelDefinition WithMerges(ModelDefinition definition, JsonField merges)
    {
        if (merges.Value.ValueKind != JsonValueKind.Array) throw merges.Wrong("should be a list");
        var list = new MergeListBuilder(definition, merges.Value.GetArrayLength());
        foreach (var item in merges.Value.EnumerateArray())
        {
            var place = new JsonField(merges.File, $"{merges.Path}[{list.Count}]", item);
            if (item.ValueKind == JsonValueKind.Array)
            {
                if (item.GetArrayLength() != 2) throw place.Wrong("is not a pair of tokens");
                list.Add(item[0].GetString(), item[1].GetString(), place.Wrong);
                continue;
            }
            var text = place.Text();
            // Skips the first line of a merges.txt.
            if (text.StartsWith("#version", StringComparison.Ordinal)) continue;
            var space = text.IndexOf(' ');
            if (space < 0 || text.IndexOf(' ', space + 1) >= 0) throw place.Wrong($"is \"{text}\", not two tokens with one space between");
            list.Add(text.AsSpan(0, space), text.AsSpan(space + 1), place.Wrong);
        }
        return list.Build();
    }
}

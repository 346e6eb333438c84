// Reads tokenizer.json, and the flags of added tokens in tokenizer_config.json beside it. Truncation and padding sections
// are not applied: callers truncate to their model's length and pad their own batches.
using System.Collections.Immutable;
using System.Text.Json;
using Majlis.Text.Tokenizers.Vocabularies;

namespace Majlis.Text.Tokenizers;

static class TokenizerJsonReader
{
    /// <exception cref="ModelFormatException">Names the file and the field that is wrong.</exception>
    public static TokenizerDefinition Read(ReadOnlyMemory<byte> json, string file)
    {
        using var document = Parse(json, file);
        var root = new JsonField(file, "", document.RootElement);
        var model = ModelSectionReader.Read(root.Field("model"));
        return new TokenizerDefinition(file, model)
        {
            AddedTokens = root.Find("added_tokens") is { } added ? ReadAddedTokens(added, model.Vocabulary) : [],
            Normalizer = root.Find("normalizer")?.Value.Clone(),
            PreTokenizer = root.Find("pre_tokenizer")?.Value.Clone(),
            PostProcessor = root.Find("post_processor")?.Value.Clone(),
            Decoder = root.Find("decoder")?.Value.Clone(),
        };
    }

    /// <summary>Tokens under tokenizer_config.json's added_tokens_decoder: their flags win, and new ones are added.</summary>
    public static TokenizerDefinition WithConfig(TokenizerDefinition definition, ReadOnlyMemory<byte> json, string file)
    {
        using var document = Parse(json, file);
        if (new JsonField(file, "", document.RootElement).Find("added_tokens_decoder") is not { IsObject: true } listed) return definition;
        var tokens = definition.AddedTokens.ToDictionary(token => token.Id);
        foreach (var entry in listed.Value.EnumerateObject())
        {
            var place = new JsonField(file, $"{listed.Path}.{entry.Name}", entry.Value);
            if (!int.TryParse(entry.Name, out var id) || id < 0 || id >= Vocabulary.MaxId) throw place.Wrong("is not named by a token id");
            var token = ReadToken(place, id);
            var special = token.Special || tokens.TryGetValue(id, out var before) && before.Content == token.Content && before.Special;
            tokens[id] = token with { Special = special };
        }
        return definition with { AddedTokens = [.. tokens.Values.OrderBy(token => token.Id)] };
    }

    /// <summary>add_bos_token and add_eos_token of a tokenizer_config.json.</summary>
    public static SentencePieceFrame ReadFrame(ReadOnlyMemory<byte> json, string file)
    {
        using var document = Parse(json, file);
        return SentencePieceFrame.Read(new JsonField(file, "", document.RootElement));
    }

    static ImmutableArray<AddedToken> ReadAddedTokens(JsonField list, Vocabulary vocabulary)
    {
        var tokens = ImmutableArray.CreateBuilder<AddedToken>();
        foreach (var item in list.Items())
        {
            var token = ReadToken(item, item.Field("id").Count(Vocabulary.MaxId));
            if (vocabulary.Id(token.Content) is { } id && id != token.Id)
                throw item.Wrong($"gives \"{token.Content}\" the id {token.Id}, but model.vocab gives it {id}");
            if (token.Content.Length > 0) tokens.Add(token);
        }
        return tokens.ToImmutable();
    }

    static AddedToken ReadToken(JsonField item, int id)
    {
        var special = item.FlagOr("special", false);
        return new AddedToken(id, CodePoints.WellFormed(item.Field("content").Text()))
        {
            SingleWord = item.FlagOr("single_word", false),
            StripLeft = item.FlagOr("lstrip", false),
            StripRight = item.FlagOr("rstrip", false),
            Normalized = item.FlagOr("normalized", !special),
            Special = special,
        };
    }

    static JsonDocument Parse(ReadOnlyMemory<byte> json, string file)
    {
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 64 });
        }
        catch (JsonException broken)
        {
            throw new ModelFormatException($"{file}: not JSON: {JsonDamage.Of(broken)}.", broken);
        }
    }
}

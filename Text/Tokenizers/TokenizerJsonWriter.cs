// Writes a tokenizer as tokenizer.json, with the Rust library's fields and order.
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Majlis.Text.Tokenizers;

static class TokenizerJsonWriter
{
    public static string Write(TokenizerDefinition definition)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WriteNull("truncation");
            json.WriteNull("padding");
            WriteAddedTokens(json, definition);
            WriteSection(json, "normalizer", definition.Normalizer);
            WriteSection(json, "pre_tokenizer", definition.PreTokenizer);
            WriteSection(json, "post_processor", definition.PostProcessor);
            WriteSection(json, "decoder", definition.Decoder);
            json.WriteStartObject("model");
            WriteModel(json, definition.Model);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    static void WriteSection(Utf8JsonWriter json, string name, JsonElement? section)
    {
        json.WritePropertyName(name);
        if (section is { } value) value.WriteTo(json);
        else json.WriteNullValue();
    }

    static void WriteAddedTokens(Utf8JsonWriter json, TokenizerDefinition definition)
    {
        json.WriteStartArray("added_tokens");
        foreach (var token in definition.AddedTokens.OrderBy(token => token.Id))
        {
            json.WriteStartObject();
            json.WriteNumber("id", token.Id);
            json.WriteString("content", token.Content);
            json.WriteBoolean("single_word", token.SingleWord);
            json.WriteBoolean("lstrip", token.StripLeft);
            json.WriteBoolean("rstrip", token.StripRight);
            json.WriteBoolean("normalized", token.Normalized);
            json.WriteBoolean("special", token.Special);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    static void WriteModel(Utf8JsonWriter json, ModelDefinition model)
    {
        json.WriteString("type", model.Kind == ModelKind.Bpe ? "BPE" : model.Kind.ToString());
        if (model.Kind == ModelKind.Unigram)
        {
            WriteUnigram(json, model);
            return;
        }
        json.WriteString("unk_token", model.UnknownToken);
        if (model.Kind is ModelKind.Bpe or ModelKind.WordPiece) json.WriteString("continuing_subword_prefix", model.ContinuingPrefix);
        if (model.Kind == ModelKind.WordPiece) json.WriteNumber("max_input_chars_per_word", model.MaxWordLength);
        if (model.Kind == ModelKind.Bpe)
        {
            json.WriteNull("dropout");
            json.WriteString("end_of_word_suffix", model.EndOfWordSuffix);
            json.WriteBoolean("fuse_unk", model.FuseUnknown);
            json.WriteBoolean("byte_fallback", model.ByteFallback);
            json.WriteBoolean("ignore_merges", model.IgnoreMerges);
        }
        json.WriteStartObject("vocab");
        foreach (var (token, id) in model.Vocabulary.Entries.OrderBy(entry => entry.Id)) json.WriteNumber(token, id);
        json.WriteEndObject();
        if (model.Kind == ModelKind.Bpe) WriteMerges(json, model);
    }

    static void WriteMerges(Utf8JsonWriter json, ModelDefinition model)
    {
        json.WriteStartArray("merges");
        foreach (var (left, right) in model.MergeList)
        {
            json.WriteStartArray();
            json.WriteStringValue(model.Vocabulary.Token(left));
            json.WriteStringValue(model.Vocabulary.Token(right));
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }

    static void WriteUnigram(Utf8JsonWriter json, ModelDefinition model)
    {
        if (model.UnknownId is { } unknown) json.WriteNumber("unk_id", unknown);
        else json.WriteNull("unk_id");
        json.WriteStartArray("vocab");
        for (var id = 0; id < model.Scores.Length; id++)
        {
            json.WriteStartArray();
            json.WriteStringValue(model.Vocabulary.Token(id));
            json.WriteNumberValue(model.Scores[id]);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteBoolean("byte_fallback", model.ByteFallback);
    }
}

// Maps tokens to rows of the embeddings, from a model's tokenizer.json. Knows nothing of how text is split.
using System.Text.Json;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.Text;

namespace Majlis.Merge.Vocabularies;

static class InputVocabulary
{
    /// <summary>
    /// Token to id, from the vocabulary and the added tokens; null where there is no file.
    /// </summary>
    /// <exception cref="ModelFormatException">The file is not a tokenizer.json.</exception>
    public static IReadOnlyDictionary<string, int>? Read(MergeInput input)
    {
        var path = Path.Combine(input.Folder, CheckpointFiles.Tokenizer);
        if (!File.Exists(path)) return null;
        using var document = ModelJson.Read(path);
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        try
        {
            ReadVocabulary(document.RootElement.GetProperty("model").GetProperty("vocab"), ids);
            if (document.RootElement.TryGetProperty("added_tokens", out var added) && added.ValueKind != JsonValueKind.Null)
                foreach (var token in added.EnumerateArray())
                    ids[token.GetProperty("content").GetString()!] = token.GetProperty("id").GetInt32();
        }
        catch (Exception error) when (error is InvalidOperationException or KeyNotFoundException or FormatException
            or ArgumentNullException or IndexOutOfRangeException)
        {
            throw new ModelFormatException($"{path}: expected model.vocab, and added_tokens with content and id: {error.Message}", error);
        }
        return ids;
    }

    /// <summary>An object of ids, or (unigram) a list whose indices are the ids.</summary>
    static void ReadVocabulary(JsonElement vocabulary, Dictionary<string, int> ids)
    {
        if (vocabulary.ValueKind == JsonValueKind.Object)
        {
            foreach (var token in vocabulary.EnumerateObject()) ids[token.Name] = token.Value.GetInt32();
            return;
        }
        foreach (var (place, token) in vocabulary.EnumerateArray().Index())
            ids[token[0].GetString()!] = place;
    }
}

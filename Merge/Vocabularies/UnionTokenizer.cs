// Adds to a tokenizer.json the tokens that only other models have. They become added tokens, found in a text before it is split, since the
// merges that would produce them belong to another tokenizer. Ids of the source stay; new ones follow in the order of models and ids.
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Text;

namespace Majlis.Merge.Vocabularies;

static class UnionTokenizer
{
    public static void Add(JoinedVocabulary joined, IEnumerable<MergeInput> models)
    {
        // Tokens of the source's file that have no row there keep their ids, where another model has a row for them.
        var file = InputVocabulary.Read(joined.Source)!;
        var next = Math.Max(joined.Ids.Values.Max(), file.Values.Max()) + 1;
        foreach (var model in models)
        {
            var special = AddedTokens(model);
            foreach (var (token, _) in joined.Of(model).OrderBy(token => token.Value))
                if (file.TryGetValue(token, out var known)) joined.Ids.TryAdd(token, known);
                else if (joined.Ids.TryAdd(token, next))
                    joined.Added.Add(Entry(special.GetValueOrDefault(token), token, next++));
        }
        if (joined.Tokenizer["added_tokens"] is not JsonArray added) joined.Tokenizer["added_tokens"] = added = [];
        foreach (var entry in joined.Added) added.Add(entry.DeepClone());
    }

    /// <summary>As its model had it, else as the Hugging Face library adds a plain text.</summary>
    static JsonObject Entry(JsonObject? known, string token, int id)
    {
        var entry = known?.DeepClone().AsObject() ?? new JsonObject
        {
            ["id"] = id,
            ["content"] = token,
            ["single_word"] = false,
            ["lstrip"] = false,
            ["rstrip"] = false,
            ["normalized"] = true,
            ["special"] = false,
        };
        entry["id"] = id;
        return entry;
    }

    static Dictionary<string, JsonObject> AddedTokens(MergeInput model)
    {
        using var document = ModelJson.Read(Path.Combine(model.Folder, CheckpointFiles.Tokenizer));
        var entries = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        // Of two entries for one text the last is the one whose id counts.
        if (JsonNode.Parse(document.RootElement.GetRawText())!["added_tokens"] is JsonArray added)
            foreach (var entry in added.OfType<JsonObject>()) entries[entry["content"]!.GetValue<string>()] = entry;
        return entries;
    }
}

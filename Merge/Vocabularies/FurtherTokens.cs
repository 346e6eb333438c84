// Adds to a tokenizer.json the tokens that only other models have, or that a recipe names. They become added tokens, found in a text before
// it is split, since the merges that would produce them belong to another tokenizer. Ids of the source stay; new ones follow in the order
// of models and ids, then of the recipe.
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Text;

namespace Majlis.Merge.Vocabularies;

static class FurtherTokens
{
    /// <param name="joined">Gets the tokens.</param>
    /// <param name="models">All of their tokens are added.</param>
    /// <param name="inputs">Of the merge: a token that the recipe names is added as one of these has it.</param>
    public static void Add(JoinedVocabulary joined, IEnumerable<MergeInput> models, IEnumerable<MergeInput> inputs)
    {
        // Tokens of the source's file that have no row there keep their ids, where another model has a row for them.
        var file = InputVocabulary.Read(joined.Source)!;
        var next = Math.Max(joined.Ids.Values.Max(), file.Values.Max()) + 1;
        foreach (var model in models)
        {
            var entries = AddedTokens(model);
            foreach (var (token, _) in joined.Of(model).OrderBy(token => token.Value)) Take(token, entries);
        }
        var named = joined.Recipe.Tokens.Keys.Where(token => !joined.Ids.ContainsKey(token)).ToArray();
        var all = named.Length == 0 ? [] : inputs.Reverse().SelectMany(AddedTokens)
            .GroupBy(entry => entry.Key).ToDictionary(group => group.Key, group => group.Last().Value);
        foreach (var token in named) Take(token, all);
        if (joined.Tokenizer["added_tokens"] is not JsonArray added) joined.Tokenizer["added_tokens"] = added = [];
        foreach (var entry in joined.Added) added.Add(entry.DeepClone());

        void Take(string token, Dictionary<string, JsonObject> entries)
        {
            if (file.TryGetValue(token, out var known)) joined.Ids.TryAdd(token, known);
            else if (joined.Ids.TryAdd(token, next)) joined.Added.Add(Entry(entries.GetValueOrDefault(token), token, next++));
        }
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

// The vocabulary of a merge whose models have different ones: its tokens and ids, which file it is written from, and each model's own ids.
// Knows no weights.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Merge.Recipes;
using Majlis.Model;
using Majlis.Text;

namespace Majlis.Merge.Vocabularies;

sealed class JoinedVocabulary
{
    readonly Dictionary<string, IReadOnlyDictionary<string, int>> own = new(StringComparer.Ordinal);

    JoinedVocabulary(TokenizerRecipe recipe, MergeInput source)
    {
        (Recipe, Source) = (recipe, source);
        using var document = ModelJson.Read(Path.Combine(source.Folder, CheckpointFiles.Tokenizer));
        Tokenizer = JsonNode.Parse(document.RootElement.GetRawText())!.AsObject();
        Ids = new Dictionary<string, int>(Of(source), StringComparer.Ordinal);
    }

    public TokenizerRecipe Recipe { get; }

    /// <summary>The model whose tokenizer the result's is made from.</summary>
    public MergeInput Source { get; }

    /// <summary>The result's tokenizer.json.</summary>
    public JsonObject Tokenizer { get; }

    /// <summary>The result's tokens.</summary>
    public Dictionary<string, int> Ids { get; }

    /// <summary>Tokens that a model or the recipe added beyond those of <see cref="Source"/>, in the order of their ids.</summary>
    public List<JsonObject> Added { get; } = [];

    /// <summary>Rows of the result's embeddings.</summary>
    public int Rows
    {
        get
        {
            var rows = Ids.Values.Max() + 1;
            return (rows + Recipe.Multiple - 1) / Recipe.Multiple * Recipe.Multiple;
        }
    }

    /// <summary>A model's tokens that have a row.</summary>
    public IReadOnlyDictionary<string, int> Of(MergeInput model)
    {
        if (own.TryGetValue(model.Name, out var known)) return known;
        var all = InputVocabulary.Read(model) ?? throw new MergeRecipeException(
            $"{model.Name}: there is no {CheckpointFiles.Tokenizer} in {model.Folder}; vocabularies are joined by their tokens");
        return own[model.Name] = all.Where(token => token.Value < model.VocabularyRows)
            .ToDictionary(token => token.Key, token => token.Value, StringComparer.Ordinal);
    }

    /// <exception cref="MergeRecipeException">A model has no tokenizer, or the recipe names one that takes no part.</exception>
    public static JoinedVocabulary? Create(TokenizerRecipe? recipe, MergeInputs inputs)
    {
        if (recipe is null) return null;
        foreach (var model in recipe.Tokens.Values.Select(rule => rule.Model).OfType<string>())
            if (!inputs.Contains(model)) throw new MergeRecipeException($"tokenizer: {model} takes no part in the merge");
        var source = recipe.Source is TokenizerRecipe.Union or TokenizerRecipe.Base ? inputs.Donor
            : inputs.Contains(recipe.Source) ? inputs[recipe.Source]
            : throw new MergeRecipeException($"tokenizer source {recipe.Source} is neither union nor base nor a model of the merge");
        foreach (var input in inputs.All)
            if (input.VocabularyRows == 0)
                throw new MergeRecipeException($"{input.Name} has no tensor {input.EmbeddingName}, whose rows belong to the tokens");
        var joined = new JoinedVocabulary(recipe, source);
        foreach (var input in inputs.All) joined.Of(input);
        FurtherTokens.Add(joined, recipe.Source == TokenizerRecipe.Union ? inputs.All : [], inputs.All);
        return joined;
    }
}

// Where the rows of a joined vocabulary come from, by mergekit's rules: a model's own row where it has the token; else the row of the only
// model that has it, else the base's, else the mean of all; zeros where nobody has it. A recipe may say otherwise for single tokens.
using Majlis.Merge.Recipes;

namespace Majlis.Merge.Vocabularies;

/// <summary>A row of one of a tensor's readers.</summary>
readonly record struct SourceRow(int Reader, int Row);

sealed class TokenRows
{
    readonly JoinedVocabulary joined;
    readonly IReadOnlyList<MergeInput> models;
    readonly int baseModel;

    /// <param name="joined">The result's vocabulary.</param>
    /// <param name="models">The models whose rows can be read, the tensor's inputs first.</param>
    /// <param name="inputs">How many of them are inputs.</param>
    /// <param name="baseModel">The input that is base_model, or -1.</param>
    public TokenRows(JoinedVocabulary joined, IReadOnlyList<MergeInput> models, int inputs, int baseModel)
    {
        (this.joined, this.models, this.baseModel) = (joined, models, baseModel);
        Own = [.. Enumerable.Range(0, inputs).Select(_ => Enumerable.Repeat(-1, joined.Rows).ToArray())];
        Others = new SourceRow[joined.Rows][];
        foreach (var (token, row) in joined.Ids) Place(token, row);
    }

    /// <summary>[input][row of the result]: the input's own row, or -1.</summary>
    public int[][] Own { get; }

    /// <summary>
    /// [row of the result]: the rows whose mean stands in where an input has none of its own; null: no token, empty: zeros.
    /// </summary>
    public SourceRow[]?[] Others { get; }

    void Place(string token, int row)
    {
        var rule = joined.Recipe.Tokens.GetValueOrDefault(token);
        for (var input = 0; input < Own.Length; input++)
            if (rule is not { Force: true } && joined.Of(models[input]).TryGetValue(token, out var id)) Own[input][row] = id;
        Others[row] = rule is null ? Usual(token) : Told(token, rule);
    }

    SourceRow[] Usual(string token)
    {
        var having = Enumerable.Range(0, Own.Length).Where(input => joined.Of(models[input]).ContainsKey(token)).ToArray();
        if (having.Length > 1 && having.Contains(baseModel)) having = [baseModel];
        return [.. having.Select(input => new SourceRow(input, joined.Of(models[input])[token]))];
    }

    SourceRow[] Told(string token, TokenRule rule)
    {
        if (rule.Model is null) return [];
        var reader = models.Index().First(model => model.Item.Name == rule.Model).Index;
        var rows = models[reader].VocabularyRows;
        if (rule.Id is { } id)
            return id < rows ? [new SourceRow(reader, id)]
                : throw new MergeRecipeException($"tokenizer: {rule.Model} has {rows} rows; token_id {id} for '{token}' goes beyond them");
        return joined.Of(models[reader]).TryGetValue(rule.Token ?? token, out var found) ? [new SourceRow(reader, found)]
            : throw new MergeRecipeException(
                $"tokenizer: {rule.Model} has no token '{rule.Token ?? token}', from which '{token}' is to come");
    }
}

// Which vocabulary a merge gets, and where the rows of its tokens come from, as mergekit's YAML states it. Knows no ids.
namespace Majlis.Merge.Recipes;

/// <param name="Source"><c>union</c>, <c>base</c>, or the model whose tokenizer the result gets.</param>
/// <param name="Tokens">Rules for single tokens; others follow from which models have them. Those that none has are added.</param>
/// <param name="Multiple">The number of rows is rounded up to a multiple of this; further rows are the mean of all others.</param>
public sealed record TokenizerRecipe(string Source, OrderedDictionary<string, TokenRule> Tokens, int Multiple = 1)
{
    public const string Union = "union";
    public const string Base = "base";
}

/// <summary>
/// Where a token's row comes from: a token of a model, by its id or its text (null: the same token), or zeros where
/// <paramref name="Model"/> is null.
/// </summary>
/// <param name="Force">Also for models that have the token.</param>
public sealed record TokenRule(string? Model, string? Token, int? Id, bool Force);

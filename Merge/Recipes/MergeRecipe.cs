// A merge as mergekit's YAML states it: a method, slices of layers with their sources, parameters on three levels.
// Knows nothing of files: paths are as written, and numbers may still depend on depth and tensor name.
using System.Collections.Immutable;
using System.Text;
using Majlis.Model;

namespace Majlis.Merge.Recipes;

/// <summary>
/// One merge. Slices are stacked in order; <c>models:</c> in YAML is one slice over all layers, with <see cref="LayerRange"/> null.
/// </summary>
public sealed record MergeRecipe
{
    static readonly UTF8Encoding strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public required string Method { get; init; }
    public required ImmutableArray<MergeSlice> Slices { get; init; }
    public string? BaseModel { get; init; }
    public Settings Parameters { get; init; } = Settings.None;

    /// <summary>Type the inputs are rounded to on loading; null keeps their own.</summary>
    public TensorType? Type { get; init; }

    /// <summary>Type of the result; null = <see cref="Type"/>, else the common type of the inputs.</summary>
    public TensorType? OutputType { get; init; }

    /// <summary>How different vocabularies are joined; null where they must be the same.</summary>
    public TokenizerRecipe? Tokenizer { get; init; }

    /// <summary>A chat template in Jinja, or <c>auto</c>: the one that most models have; null: the donor's.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>All models, by their names in the recipe, each once.</summary>
    public IEnumerable<string> Models => Slices.SelectMany(slice => slice.Sources).Select(source => source.Model)
        .Concat(Slices.Select(slice => slice.BaseModel).Append(BaseModel)
            .Append(Tokenizer?.Source is TokenizerRecipe.Union or TokenizerRecipe.Base ? null : Tokenizer?.Source).OfType<string>())
        .Distinct();

    /// <summary>The text this recipe was read from; kept in the result's manifest.</summary>
    public required string Source { get; init; }

    /// <summary>What the text holds that is legal but probably not meant.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <exception cref="MergeRecipeException">The file cannot be read, or is not a recipe; names file and line.</exception>
    public static MergeRecipe Read(string path)
    {
        try
        {
            return RecipeReader.Read(File.ReadAllText(path, strict), path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new MergeRecipeException($"{path}: the recipe cannot be read: {exception.Message}", exception);
        }
    }

    public static MergeRecipe Parse(string yaml) => RecipeReader.Read(yaml, "recipe");
}

/// <summary>Layers of the result that share their sources.</summary>
public sealed record MergeSlice(ImmutableArray<MergeSource> Sources, Settings Parameters)
{
    /// <summary>This slice's base; null: the recipe's.</summary>
    public string? BaseModel { get; init; }
}

/// <summary>A model folder, or <c>folder+adapter</c>, with the layers taken from it (null = all).</summary>
public sealed record MergeSource(string Model, LayerRange? Layers, Settings Parameters);

/// <summary>Layers First .. End-1.</summary>
public readonly record struct LayerRange(int First, int End)
{
    public int Count => End - First;
}

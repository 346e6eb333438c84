// Turns a recipe and the models' headers into a list of tensors with all their inputs and numbers. Every check that needs no data is
// here, so a bad merge is refused before anything is written.
using System.Collections.Immutable;
using System.Text.Json;
using Majlis.Merge.Methods;
using Majlis.Merge.Recipes;
using Majlis.Merge.Vocabularies;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.Text;

namespace Majlis.Merge;

/// <summary>A checked merge, ready to be computed. Owns the opened models.</summary>
public sealed class MergePlan : IDisposable
{
    readonly MergeInputs inputs;

    MergePlan(MergeRecipe recipe, IMergeMethod method, MergeInputs inputs, JoinedVocabulary? vocabulary,
        ImmutableArray<TensorTask> tensors, ImmutableArray<string> warnings, long seed)
    {
        this.inputs = inputs;
        (Vocabulary, Seed) = (vocabulary, seed);
        (Recipe, Method, Tensors, Warnings) = (recipe, method, tensors, warnings);
        Layers = tensors.Max(tensor => MergeInput.LayerOf(tensor.Name)) + 1;
    }

    public MergeRecipe Recipe { get; }
    public IMergeMethod Method { get; }
    public ImmutableArray<TensorTask> Tensors { get; }

    /// <summary>What is legal but probably not meant.</summary>
    public ImmutableArray<string> Warnings { get; }

    /// <summary>What random methods draw from.</summary>
    public long Seed { get; }

    /// <summary>True where the result depends on the seed.</summary>
    internal bool IsRandom => Method is DareLinear or DareTies or Della or DellaLinear;

    internal IReadOnlyList<MergeInput> Inputs => inputs.All;

    public int Layers { get; }

    /// <summary>Bytes of the result's tensors.</summary>
    public long Bytes => Tensors.Sum(tensor => TensorLayout.Bytes(tensor.OutputType, tensor.Elements));

    /// <summary>Config of the model that gives the result its config and tokenizer: the base, else the first listed.</summary>
    public JsonElement DonorConfig => inputs.Donor.Config;

    /// <summary>Where that model lies.</summary>
    public string DonorFolder => inputs.Donor.Folder;

    /// <summary>The result's vocabulary, where the recipe says how to join different ones.</summary>
    internal JoinedVocabulary? Vocabulary { get; }

    /// <summary>True where the result has a head of its own, though the donor's config says that it is the embeddings.</summary>
    internal bool IsUntied => inputs.HeadName is { } head && inputs.Donor.LendsItsEmbeddings(head)
        && Tensors.Any(tensor => tensor.Name == head);

    /// <summary>Where the result's tokenizer and chat template come from.</summary>
    public string TokenizerFolder => Vocabulary?.Source.Folder ?? DonorFolder;

    /// <summary>The kind of each of the result's layers, as their sources have them; null where a config does not tell.</summary>
    internal IReadOnlyList<string>? LayerKinds
    {
        get
        {
            var kinds = new List<string>();
            foreach (var source in Recipe.Slices.Select(slice => slice.Sources[0]))
            {
                var input = inputs[source.Model];
                if (input.LayerKinds is not { } own) return null;
                kinds.AddRange(source.Layers is { } range ? own.Skip(range.First).Take(range.Count) : own);
            }
            return kinds.Count == Layers ? kinds : null;
        }
    }

    public TensorType OutputType => Tensors[0].OutputType;

    /// <summary>Opens every model of the recipe (paths relative to <paramref name="root"/>) and checks all headers.</summary>
    /// <param name="recipe">What to merge.</param>
    /// <param name="root">The folder from which its paths are meant.</param>
    /// <param name="seed">What random methods draw from.</param>
    /// <param name="places">Where models lie whose names are no paths.</param>
    /// <exception cref="MergeRecipeException">The models or numbers do not fit together; names the tensor and the model.</exception>
    /// <exception cref="ModelFormatException">A model's files cannot be read.</exception>
    public static MergePlan Create(MergeRecipe recipe, string root, long seed = 0, IReadOnlyDictionary<string, string>? places = null)
    {
        var method = MergeMethods.Find(recipe.Method)!;
        var inputs = MergeInputs.Open(recipe, root, places);
        try
        {
            InputComparison.Check(inputs.All, joins: recipe.Tokenizer is not null);
            var vocabulary = JoinedVocabulary.Create(recipe.Tokenizer, inputs);
            var tensors = PlanTensors(recipe, method, inputs, vocabulary, seed);
            foreach (var input in inputs.All) input.CheckTensors();
            var plan = new MergePlan(recipe, method, inputs, vocabulary, tensors, [.. PlanWarnings.Find(recipe, method, inputs, tensors)],
                seed);
            ResultFiles.Check(plan);
            return plan;
        }
        catch
        {
            inputs.Dispose();
            throw;
        }
    }

    public void Dispose() => inputs.Dispose();

    static ImmutableArray<TensorTask> PlanTensors(MergeRecipe recipe, IMergeMethod method, MergeInputs inputs,
        JoinedVocabulary? vocabulary, long seed)
    {
        var output = recipe.OutputType ?? recipe.Type ?? Widest(inputs.All);
        var planned = new List<TensorTask>();
        var layer = 0;
        for (var i = 0; i < recipe.Slices.Length; i++)
        {
            var planner = new SlicePlanner(recipe, method, inputs, recipe.Slices[i], output, vocabulary, seed);
            if (i == 0) planned.AddRange(planner.Outer(embedding: true));
            planned.AddRange(planner.Layers(layer));
            if (i == recipe.Slices.Length - 1) planned.AddRange(planner.Outer(embedding: false));
            layer += planner.LayerCount;
        }
        foreach (var tensor in planned)
            if (method.Complaint(tensor) is { } complaint) throw new MergeRecipeException($"{tensor.Name}: {complaint}");
        return [.. planned.OrderBy(tensor => tensor.Name, StringComparer.Ordinal)];
    }

    /// <summary>The common type of different float types: fp32, unless all agree.</summary>
    static TensorType Widest(IReadOnlyList<MergeInput> inputs)
    {
        var types = inputs.SelectMany(input => input.Tensors.Values).Select(tensor => tensor.Type).Distinct().ToArray();
        return types is [TensorType.BF16] or [TensorType.F16] ? types[0] : types.Contains(TensorType.F64) ? TensorType.F64 : TensorType.F32;
    }
}

// Turns a recipe and the models' headers into a list of tensors with all their inputs and numbers. Every check that needs no data is
// here, so a bad merge is refused before anything is written.
using System.Collections.Immutable;
using System.Text.Json;
using Majlis.Merge.Methods;
using Majlis.Merge.Recipes;
using Majlis.Model;
using Majlis.Text;

namespace Majlis.Merge;

/// <summary>A checked merge, ready to be computed. Owns the opened models.</summary>
public sealed class MergePlan : IDisposable
{
    readonly MergeInputs inputs;

    MergePlan(MergeRecipe recipe, IMergeMethod method, MergeInputs inputs, ImmutableArray<TensorTask> tensors,
        ImmutableArray<string> warnings)
    {
        this.inputs = inputs;
        (Recipe, Method, Tensors, Warnings) = (recipe, method, tensors, warnings);
        Layers = tensors.Max(tensor => MergeInput.LayerOf(tensor.Name)) + 1;
    }

    public MergeRecipe Recipe { get; }
    public IMergeMethod Method { get; }
    public ImmutableArray<TensorTask> Tensors { get; }

    /// <summary>What is legal but probably not meant.</summary>
    public ImmutableArray<string> Warnings { get; }

    public int Layers { get; }

    /// <summary>Config of the model that gives the result its config and tokenizer: the base, else the first listed.</summary>
    public JsonElement DonorConfig => inputs.Donor.Config;

    /// <summary>Where that model lies.</summary>
    public string DonorFolder => inputs.Donor.Folder;

    public TensorType OutputType => Tensors[0].OutputType;

    /// <summary>Opens every model of the recipe (paths relative to <paramref name="root"/>) and checks all headers.</summary>
    /// <param name="seed">What random methods draw from.</param>
    /// <exception cref="MergeRecipeException">The models or numbers do not fit together; names the tensor and the model.</exception>
    /// <exception cref="ModelFormatException">A model's files cannot be read.</exception>
    public static MergePlan Create(MergeRecipe recipe, string root, long seed = 0)
    {
        var method = MergeMethods.Find(recipe.Method)!;
        var inputs = MergeInputs.Open(recipe, root);
        try
        {
            InputComparison.Check(inputs.All);
            var tensors = PlanTensors(recipe, method, inputs, seed);
            return new MergePlan(recipe, method, inputs, tensors, [.. PlanWarnings.Find(recipe, method, inputs, tensors)]);
        }
        catch
        {
            inputs.Dispose();
            throw;
        }
    }

    public void Dispose() => inputs.Dispose();

    static ImmutableArray<TensorTask> PlanTensors(MergeRecipe recipe, IMergeMethod method, MergeInputs inputs, long seed)
    {
        var output = recipe.OutputType ?? recipe.Type ?? Widest(inputs.All);
        var planned = new List<TensorTask>();
        var layer = 0;
        for (var i = 0; i < recipe.Slices.Length; i++)
        {
            var planner = new SlicePlanner(recipe, method, inputs, recipe.Slices[i], output, seed);
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

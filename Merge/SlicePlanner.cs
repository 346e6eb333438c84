// Plans the tensors of one slice: the tensor of each input, and each parameter's value in mergekit's order of lookup
// (the model's own, the slice's, the recipe's). Knows headers only.
using System.Collections.Immutable;
using Majlis.Merge.Methods;
using Majlis.Merge.Recipes;
using Majlis.Merge.Vocabularies;
using Majlis.Model;

namespace Majlis.Merge;

sealed class SlicePlanner
{
    readonly MergeRecipe recipe;
    readonly IMergeMethod method;
    readonly MergeSlice slice;
    readonly TensorType output;
    readonly ImmutableArray<(MergeInput Input, int First, Settings Own)> sources;
    readonly int origin;
    readonly int baseModel;
    readonly long seed;
    readonly MergeInputs inputs;
    readonly JoinedVocabulary? vocabulary;

    public SlicePlanner(MergeRecipe recipe, IMergeMethod method, MergeInputs inputs, MergeSlice slice, TensorType output,
        JoinedVocabulary? vocabulary, long seed)
    {
        (this.inputs, this.vocabulary) = (inputs, vocabulary);
        (this.recipe, this.method, this.slice, this.output, this.seed) = (recipe, method, slice, output, seed);
        var found = slice.Sources.Select(source => (inputs[source.Model], source.Layers?.First ?? 0, source.Parameters)).ToList();
        LayerCount = slice.Sources[0].Layers?.Count ?? found[0].Item1.LayerCount;
        CheckRanges(inputs);
        var name = slice.BaseModel ?? recipe.BaseModel;
        if (name is not null && !slice.Sources.Any(source => source.Model == name))
            found.Add((inputs[name], slice.Sources[0].Layers?.First ?? 0, Settings.None));
        sources = [.. found];
        baseModel = name is null ? -1 : found.FindIndex(source => source.Item1.Name == name);
        origin = method.BaseIsOrigin ? baseModel : -1;
    }

    public int LayerCount { get; }

    /// <summary>Tensors outside the layers: embeddings come from the first slice, norm and head from the last.</summary>
    public IEnumerable<TensorTask> Outer(bool embedding) =>
        Plan((name, _) => MergeInput.LayerOf(name) < 0 && IsEmbedding(name) == embedding, (name, _) => name, depth: 0);

    /// <summary>The slice's layers, renumbered from <paramref name="start"/> on.</summary>
    public IEnumerable<TensorTask> Layers(int start)
    {
        for (var i = 0; i < LayerCount; i++)
        {
            var (number, depth) = (start + i, LayerCount == 1 ? 1 : (double)i / (LayerCount - 1));
            var offset = i;
            foreach (var task in Plan((name, source) => MergeInput.LayerOf(name) == sources[source].First + offset,
                (name, source) => MergeInput.InLayer(name, sources[source].First + offset), depth,
                name => MergeInput.InLayer(name, number)))
                yield return task;
        }
    }

    static bool IsEmbedding(string name) => name.Contains("embed", StringComparison.Ordinal);

    void CheckRanges(MergeInputs inputs)
    {
        foreach (var source in slice.Sources)
        {
            var layers = inputs[source.Model].LayerCount;
            if (source.Layers is { } range && range.End > layers)
                throw new MergeRecipeException(
                    $"{source.Model} has {layers} layers; layer_range [{range.First}, {range.End}] goes beyond them");
            if (source.Layers is null && layers != LayerCount)
                throw new MergeRecipeException($"{source.Model} has {layers} layers, {slice.Sources[0].Model} has {LayerCount}");
        }
    }

    IEnumerable<TensorTask> Plan(
        Func<string, int, bool> wanted, Func<string, int, string> nameIn, double depth, Func<string, string>? nameOut = null)
    {
        var first = sources[0].Input;
        var head = inputs.HeadName is { } separate && wanted(separate, 0)
            && sources.Any(source => source.Input.Tensors.ContainsKey(separate)) ? separate : null;
        var names = first.Tensors.Keys.Where(name => wanted(name, 0)).Union(head is null ? [] : [head])
            .Order(StringComparer.Ordinal).ToArray();
        for (var source = 0; source < sources.Length; source++) CheckNames(names, head, source, wanted, nameIn);
        foreach (var name in names)
        {
            var stored = sources.Select((source, index) => Stored(source.Input, nameIn(name, index))).ToImmutableArray();
            var expected = stored[0].Model.Tensors[stored[0].Name].Shape;
            var aligns = vocabulary is not null && (name == first.EmbeddingName || name == inputs.HeadName);
            foreach (var input in stored) CheckHeader(aligns ? expected[1..] : expected, input, aligns);
            var result = nameOut?.Invoke(name) ?? name;
            yield return new TensorTask
            {
                Name = result,
                Shape = aligns ? [vocabulary!.Rows, .. expected[1..]] : expected,
                OutputType = output,
                Base = origin,
                BaseModel = baseModel,
                Seed = seed,
                Inputs = aligns ? Aligned(name, stored) : [.. stored.Select(input => new StoredTensor(input.Model, input.Name))],
                ModelParameters = [.. sources.Select((source, index) =>
                    ModelParameters(new TensorInput(source.Input, nameIn(name, index)), index, result, depth))],
                SharedParameters = method.Parameters.Where(parameter => !parameter.PerModel)
                    .ToImmutableDictionary(parameter => parameter.Name, parameter => Shared(parameter, result, depth)),
            };
        }
    }

    /// <summary>Where a tensor's numbers lie: under its name, or, for the head of a tied model, in its embeddings.</summary>
    TensorInput Stored(MergeInput input, string name) =>
        new(input, name == inputs.HeadName && input.LendsItsEmbeddings(name) ? input.EmbeddingName : name);

    /// <summary>Rows in the order of the joined vocabulary; they may also come from models that are no inputs of this slice.</summary>
    ImmutableArray<ITensorReader> Aligned(string name, ImmutableArray<TensorInput> stored)
    {
        var models = stored.Select(input => input.Model).Concat(inputs.All).Distinct().ToArray();
        var rows = new TokenRows(vocabulary!, models, stored.Length, baseModel);
        var readers = models.Select(model => Stored(model, name))
            .Select(input => (ITensorReader)new StoredTensor(input.Model, input.Name)).ToArray();
        var first = stored[0].Model.Tensors[stored[0].Name];
        var columns = (int)(first.Elements / first.Shape[0]);
        return [.. stored.Select((_, input) => new AlignedRows(readers, input, rows, columns))];
    }

    /// <summary>Finds tensors absent from this model, and tensors that only this model has.</summary>
    void CheckNames(string[] names, string? head, int source, Func<string, int, bool> wanted, Func<string, int, string> nameIn)
    {
        var input = sources[source].Input;
        var expected = names.Select(name => nameIn(name, source)).ToHashSet();
        bool Has(string name) => input.Tensors.ContainsKey(name) || name == head && input.LendsItsEmbeddings(name);
        if (expected.FirstOrDefault(name => !Has(name)) is { } absent)
            throw new MergeRecipeException($"{input.Name} has no tensor {absent}, which " +
                $"{sources.First(other => other.Input != input).Input.Name} has");
        if (input.Tensors.Keys.FirstOrDefault(name => wanted(name, source) && !expected.Contains(name)) is { } extra)
            throw new MergeRecipeException($"{input.Name} has a tensor {extra}, which {sources[0].Input.Name} has not");
    }

    /// <param name="expected">The shape, without its rows where these are aligned by tokens.</param>
    void CheckHeader(ImmutableArray<long> expected, TensorInput input, bool aligns)
    {
        var found = input.Model.Tensors[input.Name];
        if (!(aligns ? found.Shape[1..] : found.Shape).SequenceEqual(expected))
            throw new MergeRecipeException($"{input.Model.Name}: {input.Name} has shape [{string.Join(", ", found.Shape)}], in " +
                $"{sources[0].Input.Name} it is [{(aligns ? "tokens, " : "")}{string.Join(", ", expected)}]");
        if (found.Type is >= TensorType.I64 and <= TensorType.Bool)
            throw new MergeRecipeException($"{input.Model.Name}: {input.Name} holds {found.Type}; only floating-point weights are merged");
    }

    ImmutableDictionary<string, double> ModelParameters(TensorInput input, int index, string result, double depth)
    {
        if (index == origin) return ImmutableDictionary<string, double>.Empty;
        return method.Parameters.Where(parameter => parameter.PerModel).ToImmutableDictionary(parameter => parameter.Name, parameter =>
            sources[index].Own.Find(parameter.Name, input.Name, depth) ?? slice.Parameters.Find(parameter.Name, input.Name, depth)
            ?? recipe.Parameters.Find(parameter.Name, input.Name, depth) ?? parameter.Default
            ?? throw new MergeRecipeException(
                $"{parameter.Name} has no value for {result} of {input.Model.Name}" + Hint(parameter.Name, input)));
    }

    string Hint(string parameter, TensorInput input)
    {
        var own = sources.First(source => source.Input == input.Model).Own;
        if (own.IdleFilters(parameter, [.. input.Model.Tensors.Keys]).FirstOrDefault() is { } idle)
            return $"; the filter '{idle}' matches no tensor";
        return baseModel < 0 || input.Model != sources[baseModel].Input ? ""
            : $"; base_model takes part in {method.Name} like any other model and must be listed with a {parameter}";
    }

    double Shared(MergeParameter parameter, string result, double depth) =>
        slice.Parameters.Find(parameter.Name, result, depth) ?? recipe.Parameters.Find(parameter.Name, result, depth) ?? parameter.Default
        ?? throw new MergeRecipeException($"{parameter.Name} has no value for {result}");
}

readonly record struct TensorInput(MergeInput Model, string Name);

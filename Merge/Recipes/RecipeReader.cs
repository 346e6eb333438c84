// Reads mergekit's YAML into a MergeRecipe. Strict: an unknown key, a value of the wrong kind or an impossible range is an error with
// its line. Knows nothing of files, and of methods only their names and parameters.
using System.Collections.Immutable;
using Majlis.Merge.Methods;
using Majlis.Model;

namespace Majlis.Merge.Recipes;

static class RecipeReader
{
    static readonly string[] topKeys =
    [
        "merge_method", "models", "slices", "modules", "base_model", "parameters", "dtype", "out_dtype", "tokenizer_source", "tokenizer",
        "chat_template",
    ];

    public static MergeRecipe Read(string yaml, string name)
    {
        var (root, warnings) = RecipeComposer.Read(yaml, name);
        root.RefuseOtherKeys(topKeys);
        var method = root.Text("merge_method")
            ?? throw root.Error("merge_method is missing; one of " + string.Join(", ", MergeMethods.All.Select(known => known.Name)));
        var known = MergeMethods.Find(method) ?? throw root.Child("merge_method")!.Error($"merge_method '{method}' is not known; " +
            $"known are {string.Join(", ", MergeMethods.All.Select(each => each.Name))}");
        var (module, shared) = (ReadModule(root), ReadSettings(root, known.Parameters));
        return new MergeRecipe
        {
            Method = method,
            Slices = ReadSlices(module ?? root, known),
            BaseModel = root.Text("base_model"),
            Parameters = module is null ? shared : shared.Under(ReadSettings(module, known.Parameters)),
            Type = ReadType(root, "dtype"),
            OutputType = ReadType(root, "out_dtype"),
            Tokenizer = TokenizerReader.Read(root),
            ChatTemplate = TokenizerReader.ReadTemplate(root),
            Source = yaml,
            Warnings = warnings,
        };
    }

    /// <summary>A language model is one module, whatever a recipe calls it; its settings come before the recipe's.</summary>
    static RecipeNode? ReadModule(RecipeNode root)
    {
        if (root.Child("modules") is not { } modules) return null;
        if (root.List("models").Count > 0 || root.List("slices").Count > 0)
            throw modules.Error("modules stands beside models or slices; exactly one of the three is allowed");
        if (modules.Keys.ToArray() is not [var name])
            throw modules.Error($"modules: {string.Join(", ", modules.Keys)}; the models merged here have one module only");
        var module = modules.Child(name)!;
        module.RefuseOtherKeys(["models", "slices", "parameters"]);
        return module;
    }

    static ImmutableArray<MergeSlice> ReadSlices(RecipeNode root, IMergeMethod method)
    {
        var (models, slices) = (root.List("models"), root.List("slices"));
        if (models.Count > 0 == slices.Count > 0) throw root.Error("expected either models or slices, with at least one entry");
        if (models.Count > 0)
            return [new MergeSlice([.. models.Select(model => ReadSource(model, method, ranged: false))], Settings.None)];
        return [.. slices.Select(slice => ReadSlice(slice, method))];
    }

    static MergeSlice ReadSlice(RecipeNode slice, IMergeMethod method)
    {
        slice.RefuseOtherKeys(["sources", "parameters", "base_model"], "residual_weight");
        var sources = slice.List("sources").Select(source => ReadSource(source, method, ranged: true)).ToImmutableArray();
        if (sources.IsEmpty) throw slice.Error("a slice needs sources");
        if (sources.Select(source => source.Layers!.Value.Count).Distinct().Count() > 1)
            throw slice.Error("the sources of a slice must have the same number of layers");
        return new MergeSlice(sources, ReadSettings(slice, method.Parameters)) { BaseModel = slice.Text("base_model") };
    }

    static MergeSource ReadSource(RecipeNode source, IMergeMethod method, bool ranged)
    {
        source.RefuseOtherKeys(ranged ? ["model", "layer_range", "parameters"] : ["model", "parameters"]);
        if (source.Text("model") is not { Length: > 0 } model) throw source.Error("an entry needs model: a folder, or folder+adapter");
        return new MergeSource(model, ranged ? ReadRange(source) : null,
            ReadSettings(source, method.Parameters.Where(parameter => parameter.PerModel)));
    }

    static LayerRange ReadRange(RecipeNode source)
    {
        var bounds = source.List("layer_range").Select(bound => bound.Number()).ToArray();
        if (bounds.Length != 2 || bounds.Any(bound => bound != Math.Floor(bound) || bound is < 0 or > 100_000))
            throw source.Error("layer_range must be two whole numbers, [first, end]");
        var range = new LayerRange((int)bounds[0], (int)bounds[1]);
        return range.Count > 0 ? range
            : throw source.Error($"layer_range [{range.First}, {range.End}] holds no layer; the first must be below the end");
    }

    static TensorType? ReadType(RecipeNode root, string key) => root.Text(key) switch
    {
        null => null,
        "float64" => TensorType.F64,
        "float32" => TensorType.F32,
        "bfloat16" => TensorType.BF16,
        "float16" => TensorType.F16,
        var other => throw root.Child(key)!.Error($"{key} '{other}' is not one of float16, bfloat16, float32, float64"),
    };

    static Settings ReadSettings(RecipeNode owner, IEnumerable<MergeParameter> known)
    {
        if (owner.Child("parameters") is not { } parameters) return Settings.None;
        var byName = known.ToDictionary(parameter => parameter.Name);
        parameters.RefuseOtherKeys([.. byName.Keys]);
        return new Settings(parameters.Keys.ToImmutableDictionary(key => key, key => ReadValue(parameters.Child(key)!, byName[key])));
    }

    static ImmutableArray<FilteredSetting> ReadValue(RecipeNode value, MergeParameter parameter)
    {
        if (!value.IsList) return [new FilteredSetting(null, [ReadPoint(value, parameter)])];
        var items = value.Items;
        if (items.Count == 0) throw value.Error($"{parameter.Name}: an empty list is no value");
        if (!items[0].IsMapping) return [new FilteredSetting(null, [.. items.Select(item => ReadPoint(item, parameter))])];
        return [.. items.Select(item => ReadFiltered(item, parameter))];
    }

    static FilteredSetting ReadFiltered(RecipeNode item, MergeParameter parameter)
    {
        item.RefuseOtherKeys(["filter", "value"]);
        var value = item.Child("value") ?? throw item.Error("a filter needs a value");
        return new FilteredSetting(item.Text("filter"),
            value.IsList ? [.. value.Items.Select(point => ReadPoint(point, parameter))] : [ReadPoint(value, parameter)]);
    }

    static double ReadPoint(RecipeNode node, MergeParameter parameter)
    {
        var value = parameter.IsFlag ? node.Flag() ? 1 : 0 : node.Number();
        return parameter.IsFlag || parameter.Allows(value) ? value
            : throw node.Error($"{parameter.Name} {value} is not {parameter.Range}");
    }
}

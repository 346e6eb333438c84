// The factors of an adapter's modules: all checked against the model's headers first, each read when its tensor is needed.
// Knows peft's shapes and what peft took from the base at the start; nothing of chunks.
using System.Collections.Immutable;
using Majlis.Model;
using Majlis.Model.Adapters;
using Majlis.Model.Families;
using Majlis.Model.Weights;
using Majlis.Torch;

namespace Majlis.Merge.Adapters;

sealed class AdapterFactors
{
    readonly SafetensorsFile file;
    readonly AdapterConfig config;
    readonly IWeightSource weights;
    readonly bool storesInputsFirst;
    readonly Dictionary<string, AdapterModule> modules = new(StringComparer.Ordinal);

    AdapterFactors(SafetensorsFile file, AdapterConfig config, IWeightSource weights, string modelType)
    {
        (this.file, this.config, this.weights) = (file, config, weights);
        // Families known here have linear layers only, for which peft corrects the flag; GPT-2 stores its weights [inputs, outputs].
        storesInputsFirst = !Families.Knows(modelType) && (config.FanInFanOut || modelType == "gpt2");
    }

    public ImmutableArray<string> Warnings { get; private set; } = [];

    /// <exception cref="MergeRecipeException">Names the module or tensor that does not fit.</exception>
    public static AdapterFactors Check(SafetensorsFile file, AdapterFile parts, AdapterConfig config, IWeightSource weights,
        string modelType)
    {
        var factors = new AdapterFactors(file, config, weights, modelType);
        foreach (var module in parts.Modules.Values)
        {
            if (config.LeftOutBy(module.Name) is { } field)
                factors.Warnings = factors.Warnings.Add($"{file.Path}: {module.Name} is left out by {field}, as peft leaves it");
            else factors.modules.Add(module.Name + ".weight", factors.Checked(module));
        }
        return factors;
    }

    public bool Has(string tensor) => modules.ContainsKey(tensor);

    /// <summary>Reads a tensor's factors and computes what peft took from the tensor.</summary>
    /// <param name="tensor">Its name.</param>
    /// <param name="read">Gives the numbers below the adapter.</param>
    public AdapterChange Load(string tensor, ReadBase read)
    {
        var module = modules[tensor];
        var (a, b) = (Values(module.A!), Values(module.B!));
        var sum = new LowRankSum(b, a, (int)file.Tensors[module.A!].Shape[1], config.ScaleOf(module.Name));
        if (IsTransposed(module)) sum = sum.Transposed();
        var change = new AdapterChange(tensor, (int)weights.Tensors[tensor].Shape[1],
            config.Start == AdapterStart.Nothing || module.IsEmbedding ? [sum] : [Taken(tensor, config.RankOf(module.Name)), sum]);
        if (module.Magnitude is not { } magnitude) return change;
        return IsTransposed(module) ? change.WithColumnLengths(Values(magnitude), weights.Tensors[tensor].Shape[0], read)
            : change with { RowLengths = Values(magnitude) };
    }

    /// <summary>-s B0 A0 of the start, computed from the base weights; s cancels.</summary>
    LowRankSum Taken(string tensor, int rank)
    {
        var (rows, columns) = ((int)weights.Tensors[tensor].Shape[0], (int)weights.Tensors[tensor].Shape[1]);
        var values = new float[(long)rows * columns];
        weights.Read(tensor, 0, values);
        rank = Math.Min(rank, Math.Min(rows, columns));
        var (b, a) = config.Start == AdapterStart.SingularParts
            ? Factorization.LargestSingularParts(Array.ConvertAll(values, value => (double)value), rows, columns, rank)
            : Factorization.FirstColumns(Array.ConvertAll(values, value => (double)value), rows, columns, rank);
        return new LowRankSum(b, a, columns, scale: -1);
    }

    AdapterModule Checked(AdapterModule module)
    {
        if (!weights.Tensors.TryGetValue(module.Name + ".weight", out var target) || target.Shape.Length != 2)
            throw Error($"adapts {module.Name}, which {(target is null ? "the model does not have" : "is no matrix in the model")}");
        if (module.A is null || module.B is null)
            throw Error($"{module.Name} has {(module.A is null ? "lora_B but no lora_A" : "lora_A but no lora_B")}");
        var rank = config.RankOf(module.Name);
        var (outputs, inputs) = IsTransposed(module) ? (target.Shape[1], target.Shape[0]) : (target.Shape[0], target.Shape[1]);
        Expect(module.A, [rank, inputs]);
        Expect(module.B, [outputs, rank]);
        if (config.UseDora != module.Magnitude is not null)
            throw Error($"{module.Name} has {(config.UseDora ? "no" : "a")} lora_magnitude_vector, but use_dora is " +
                (config.UseDora ? "true" : "false"));
        if (module.Magnitude is null) return module;
        Expect(module.Magnitude, [outputs]);
        return module;
    }

    bool IsTransposed(AdapterModule module) => module.IsEmbedding || storesInputsFirst;

    void Expect(string name, ImmutableArray<long> shape)
    {
        var found = file.Tensors[name];
        if (!found.Shape.SequenceEqual(shape))
            throw Error($"{name} is [{string.Join(", ", found.Shape)}], expected [{string.Join(", ", shape)}] by the model and " +
                "the config's r and rank_pattern");
        if (found.Type is >= TensorType.I64 and <= TensorType.Bool)
            throw Error($"{name} holds {found.Type}, expected floating-point numbers");
    }

    double[] Values(string name)
    {
        var values = new float[file.Tensors[name].Elements];
        file.Read(name, 0, values);
        return Array.ConvertAll(values, value => (double)value);
    }

    MergeRecipeException Error(string message) => new($"{file.Path}: {message}");
}

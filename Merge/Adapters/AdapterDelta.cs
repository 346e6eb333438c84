// An adapter in peft's layout as a change of full weights, applied chunk by chunk in fp64: W - s B0 A0 + s B A, with DoRA's magnitudes;
// tensors trained as a whole replace the base's. Gives the result of peft's merge_and_unload; knows nothing of recipes.
using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Majlis.Model;
using Majlis.Model.Adapters;
using Majlis.Model.Weights;
using Majlis.Text;

namespace Majlis.Merge.Adapters;

sealed class AdapterDelta : IDisposable
{
    readonly SafetensorsFile file;
    readonly IWeightSource weights;
    readonly AdapterFactors factors;
    readonly IReadOnlyDictionary<string, string> whole;

    /// <summary>A thread reads its tensors one after the other in chunks, so it keeps the factors of the last.</summary>
    readonly ThreadLocal<AdapterChange?> last = new();

    AdapterDelta(SafetensorsFile file, IWeightSource weights, AdapterFactors factors, IReadOnlyDictionary<string, string> whole) =>
        (this.file, this.weights, this.factors, this.whole) = (file, weights, factors, whole);

    /// <summary>What the adapter's files hold without effect.</summary>
    public ImmutableArray<string> Warnings => factors.Warnings;

    /// <summary>
    /// Opens an adapter and checks it against the headers of the weights it changes, which <paramref name="config"/> describes.
    /// </summary>
    /// <exception cref="MergeRecipeException">The adapter does not fit the model.</exception>
    /// <exception cref="ModelFormatException">A file cannot be read, or needs what is not supported; names file and field.</exception>
    public static AdapterDelta Open(string folder, IWeightSource weights, JsonElement config)
    {
        var (configPath, path) = (Path.Combine(folder, AdapterConfig.FileName), Path.Combine(folder, AdapterFile.FileName));
        foreach (var needed in new[] { configPath, path })
            if (!File.Exists(needed)) throw new MergeRecipeException($"there is no adapter: {needed} is missing");
        var adapter = AdapterConfig.Read(configPath);
        var type = config.TryGetProperty("model_type", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        var targets = adapter.TargetModules ?? AdapterTargets.Default(type)
            ?? throw new MergeRecipeException($"{configPath}: target_modules is missing, and peft has no default for model_type '{type}'");
        adapter = adapter with { TargetModules = targets };
        var file = SafetensorsFile.Open(path);
        try
        {
            if (file.Tensors.Count == 0)
                throw new MergeRecipeException($"{path}: the file holds no tensor, so the adapter changes nothing");
            var parts = new AdapterFile(path, adapter, file.Tensors.Keys);
            CheckWhole(path, file, parts, weights);
            return new AdapterDelta(file, weights, AdapterFactors.Check(file, parts, adapter, weights, type), parts.Whole);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Turns the base's elements from <paramref name="first"/> on into the adapted ones. Takes whole rows of a tensor [rows, columns].
    /// </summary>
    /// <returns>Whether the adapter changes this tensor.</returns>
    public bool Apply(string tensor, long first, Span<double> values)
    {
        var isWhole = whole.TryGetValue(tensor, out var trained);
        if (isWhole) Read(file, trained!, first, values);
        if (!factors.Has(tensor)) return isWhole;
        if (last.Value?.Tensor != tensor)
            last.Value = factors.Load(tensor,
                (at, row) => Read(isWhole ? file : weights, isWhole ? trained! : tensor, at, row));
        last.Value!.Apply(first, values);
        return true;
    }

    /// <summary>Whether the adapter changes a tensor.</summary>
    public bool Changes(string tensor) => whole.ContainsKey(tensor) || factors.Has(tensor);

    public void Dispose()
    {
        last.Dispose();
        file.Dispose();
    }

    static void Read(IWeightSource source, string tensor, long first, Span<double> values)
    {
        var rented = ArrayPool<float>.Shared.Rent(values.Length);
        source.Read(tensor, first, rented.AsSpan(0, values.Length));
        for (var i = 0; i < values.Length; i++) values[i] = rented[i];
        ArrayPool<float>.Shared.Return(rented);
    }

    static void CheckWhole(string path, SafetensorsFile file, AdapterFile parts, IWeightSource weights)
    {
        foreach (var (tensor, name) in parts.Whole)
        {
            if (!weights.Tensors.TryGetValue(tensor, out var target))
                throw new MergeRecipeException($"{path}: {name} replaces {tensor}, which the model does not have");
            if (!file.Tensors[name].Shape.SequenceEqual(target.Shape))
                throw new MergeRecipeException($"{path}: {name} is [{string.Join(", ", file.Tensors[name].Shape)}], " +
                    $"the model's {tensor} [{string.Join(", ", target.Shape)}]");
        }
    }
}

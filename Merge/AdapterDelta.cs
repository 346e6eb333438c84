// A low-rank adapter in peft's layout as a change of full weights: scale * B A, added chunk by chunk in fp64.
// Knows plain LoRA and rank-stabilised scaling with their patterns; refuses what would change the result otherwise.
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Majlis.Model;
using Majlis.Model.Weights;

namespace Majlis.Merge;

sealed class AdapterDelta : IDisposable
{
    const string Prefix = "base_model.model.";
    const string SuffixA = ".lora_A.weight";
    const string SuffixB = ".lora_B.weight";

    readonly SafetensorsFile file;
    readonly Dictionary<string, Factors> factors;

    AdapterDelta(SafetensorsFile file, Dictionary<string, Factors> factors) => (this.file, this.factors) = (file, factors);

    /// <summary>Opens and checks an adapter against the headers of the weights it changes.</summary>
    public static AdapterDelta Open(string folder, IWeightSource weights)
    {
        var (configPath, path) = (Path.Combine(folder, "adapter_config.json"), Path.Combine(folder, "adapter_model.safetensors"));
        if (!File.Exists(configPath)) throw new MergeRecipeException($"there is no adapter: {configPath} is missing");
        if (!File.Exists(path)) throw new MergeRecipeException($"there is no adapter: {path} is missing");
        using var config = JsonDocument.Parse(File.ReadAllBytes(configPath));
        foreach (var name in new[] { "use_dora", "fan_in_fan_out", "alora_invocation_tokens" })
            if (config.RootElement.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.False or JsonValueKind.Null))
                throw new MergeRecipeException($"{configPath}: {name} is not supported in a merge");
        var file = SafetensorsFile.Open(path);
        try
        {
            return new AdapterDelta(file, ReadFactors(file, path, config.RootElement, weights));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Adds the delta's elements from <paramref name="first"/> on, row-major over [rows, columns].</summary>
    public void AddTo(string tensor, ImmutableArray<long> shape, long first, Span<double> destination)
    {
        if (!factors.TryGetValue(tensor, out var found)) return;
        var columns = (int)shape[1];
        for (var done = 0; done < destination.Length;)
        {
            var (row, column) = ((int)((first + done) / columns), (int)((first + done) % columns));
            var part = destination.Slice(done, Math.Min(columns - column, destination.Length - done));
            for (var rank = 0; rank < found.Rank; rank++)
            {
                var factor = found.Scale * found.B[row * found.Rank + rank];
                var a = found.A.AsSpan(rank * columns + column, part.Length);
                for (var i = 0; i < part.Length; i++) part[i] += factor * a[i];
            }
            done += part.Length;
        }
    }

    public void Dispose() => file.Dispose();

    static Dictionary<string, Factors> ReadFactors(SafetensorsFile file, string path, JsonElement config, IWeightSource weights)
    {
        var found = new Dictionary<string, Factors>();
        foreach (var name in file.Tensors.Keys)
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal) || !(name.EndsWith(SuffixA, StringComparison.Ordinal) || name.EndsWith(SuffixB, StringComparison.Ordinal)))
                throw new MergeRecipeException($"{path}: {name} is neither lora_A nor lora_B of a linear layer");
            var module = name[Prefix.Length..^SuffixA.Length];
            if (name.EndsWith(SuffixB, StringComparison.Ordinal))
            {
                if (!file.Tensors.ContainsKey(Prefix + module + SuffixA))
                    throw new MergeRecipeException($"{path}: {module} has lora_B but no lora_A");
                continue;
            }
            found[module + ".weight"] = ReadModule(file, path, config, weights, module);
        }
        return found;
    }

    static Factors ReadModule(SafetensorsFile file, string path, JsonElement config, IWeightSource weights, string module)
    {
        if (!weights.Tensors.TryGetValue(module + ".weight", out var target))
            throw new MergeRecipeException($"{path}: adapts {module}, which the model does not have");
        if (!file.Tensors.TryGetValue(Prefix + module + SuffixB, out var b))
            throw new MergeRecipeException($"{path}: {module} has lora_A but no lora_B");
        var a = file.Tensors[Prefix + module + SuffixA];
        var rank = (int)a.Shape[0];
        if (!a.Shape.SequenceEqual([rank, target.Shape[1]]) || !b.Shape.SequenceEqual([target.Shape[0], rank]))
            throw new MergeRecipeException($"{path}: {module} has A [{string.Join(", ", a.Shape)}] and B [{string.Join(", ", b.Shape)}]; " +
                $"expected [r, {target.Shape[1]}] and [{target.Shape[0]}, r]");
        var (bufferA, bufferB) = (new float[a.Elements], new float[b.Elements]);
        file.Read(a.Name, 0, bufferA);
        file.Read(b.Name, 0, bufferB);
        return new Factors(bufferA, bufferB, rank, Scale(config, module, rank));
    }

    /// <summary>alpha/r, or alpha/sqrt(r) when rank-stabilised; the first pattern that fits the module's name chooses alpha.</summary>
    static double Scale(JsonElement config, string module, int rank)
    {
        var alpha = config.GetProperty("lora_alpha").GetDouble();
        if (config.TryGetProperty("alpha_pattern", out var patterns) && patterns.ValueKind == JsonValueKind.Object)
            alpha = patterns.EnumerateObject().Where(pattern => Regex.IsMatch(module, $@"(^|\.)({pattern.Name})$"))
                .Select(pattern => (double?)pattern.Value.GetDouble()).FirstOrDefault() ?? alpha;
        var stabilised = config.TryGetProperty("use_rslora", out var flag) && flag.ValueKind == JsonValueKind.True;
        return stabilised ? alpha / Math.Sqrt(rank) : alpha / rank;
    }

    sealed record Factors(float[] A, float[] B, int Rank, double Scale);
}

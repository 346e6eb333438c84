// Runs a plan: computes every tensor once, streams it to disk, rounds it once and hashes it. Nothing is visible until all is written.
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Merge.Recipes;
using Majlis.Model;
using Majlis.Model.Weights;

namespace Majlis.Merge;

/// <summary>The merge's record: the recipe as written, its warnings, and the sha256 of every tensor's stored bytes.</summary>
public sealed record MergeReport(string Recipe, ImmutableArray<string> Warnings, ImmutableSortedDictionary<string, string> TensorHashes);

public static class Merger
{
    /// <summary>
    /// Merges by a recipe file into a new folder, with config, tokenizer and chat template; the folder appears whole or not at all.
    /// </summary>
    /// <exception cref="MergeRecipeException">The recipe cannot be merged, or the output exists already.</exception>
    public static MergeReport Run(string recipePath, string root, string output, long shardBytes = SafetensorsWriter.DefaultShardBytes)
    {
        if (File.Exists(output)) throw new MergeRecipeException($"{output} is a file; the result is a folder");
        if (Directory.Exists(output) && Directory.EnumerateFileSystemEntries(output).Any())
            throw new MergeRecipeException($"{output} is not empty; old files beside the result would be taken for part of it");
        using var plan = MergePlan.Create(MergeRecipe.Read(recipePath), root);
        var aside = output.TrimEnd(Path.DirectorySeparatorChar) + DurableFiles.Unfinished;
        if (Directory.Exists(aside)) Directory.Delete(aside, recursive: true);
        Directory.CreateDirectory(aside);
        try
        {
            var report = Write(plan, aside, shardBytes);
            if (Directory.Exists(plan.DonorFolder)) CheckpointFiles.Copy(plan.DonorFolder, aside);
            File.WriteAllText(Path.Combine(aside, CheckpointFiles.Config), ResultConfig(plan));
            File.WriteAllText(Path.Combine(aside, "mergekit_config.yml"), plan.Recipe.Source);
            if (Directory.Exists(output)) Directory.Delete(output);
            Directory.Move(aside, output);
            return report;
        }
        catch
        {
            Directory.Delete(aside, recursive: true);
            throw;
        }
    }

    /// <summary>Computes all tensors into a folder that holds no weights. The caller makes it visible.</summary>
    public static MergeReport Write(MergePlan plan, string folder, long shardBytes = SafetensorsWriter.DefaultShardBytes)
    {
        var tasks = plan.Tensors.ToDictionary(tensor => tensor.Name);
        var hashes = new Dictionary<string, string>();
        var buffer = new byte[1 << 20];
        var headers = plan.Tensors.Select(tensor => new TensorInfo(tensor.Name, tensor.OutputType, tensor.Shape));
        SafetensorsWriter.WriteFolder(folder, headers, (info, output) =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            plan.Method.Merge(tasks[info.Name], values => Store(values, info.Type, buffer, bytes =>
            {
                hash.AppendData(bytes);
                output.Write(bytes);
            }));
            hashes[info.Name] = Convert.ToHexStringLower(hash.GetHashAndReset());
        }, shardBytes);
        return new MergeReport(plan.Recipe.Source, plan.Warnings, hashes.ToImmutableSortedDictionary(StringComparer.Ordinal));
    }

    /// <summary>The donor's config with the result's depth and true type.</summary>
    public static string ResultConfig(MergePlan plan)
    {
        var config = JsonNode.Parse(plan.DonorConfig.GetRawText())!.AsObject();
        if (config.ContainsKey("num_hidden_layers")) config["num_hidden_layers"] = plan.Layers;
        config.Remove("torch_dtype");
        config["dtype"] = plan.OutputType switch
        {
            TensorType.F64 => "float64",
            TensorType.F32 => "float32",
            TensorType.F16 => "float16",
            _ => "bfloat16",
        };
        return config.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }

    static void Store(ReadOnlySpan<double> values, TensorType type, byte[] buffer, Action<ReadOnlySpan<byte>> write)
    {
        var width = TensorLayout.Block(type).Bytes;
        for (var done = 0; done < values.Length;)
        {
            var part = values.Slice(done, Math.Min(buffer.Length / width, values.Length - done));
            Rounding.Store(part, type, buffer.AsSpan(0, part.Length * width));
            write(buffer.AsSpan(0, part.Length * width));
            done += part.Length;
        }
    }
}

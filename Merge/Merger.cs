// Runs a plan: computes every tensor once, streams it to disk, rounds it once and hashes it, several tensors at a time. Nothing is visible
// until all is written and on disk.
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Majlis.Merge.Recipes;
using Majlis.Model;
using Majlis.Model.Weights;

namespace Majlis.Merge;

/// <summary>
/// The merge's record: the recipe as written, the seed of random methods, its warnings, and the sha256 of every tensor's stored bytes.
/// </summary>
public sealed record MergeReport(string Recipe, long Seed, ImmutableArray<string> Warnings,
    ImmutableSortedDictionary<string, string> TensorHashes);

/// <summary>Elements of the result that are computed, of all.</summary>
public readonly record struct MergeProgress(long Done, long All);

/// <summary>How a merge is computed and written.</summary>
public sealed record MergeOptions
{
    /// <summary>What random methods draw from.</summary>
    public long Seed { get; init; }

    /// <summary>Bytes of tensors in one file, at most.</summary>
    public long ShardBytes { get; init; } = SafetensorsWriter.DefaultShardBytes;

    /// <summary>Tensors computed at a time.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    public IProgress<MergeProgress>? Progress { get; init; }
}

public static class Merger
{
    /// <summary>
    /// Merges by a recipe file into a new folder, with config, tokenizer and chat template; the folder appears whole or not at all.
    /// </summary>
    /// <exception cref="MergeRecipeException">The recipe cannot be merged, or the output exists already.</exception>
    public static MergeReport Run(string recipePath, string root, string output, MergeOptions? options = null)
    {
        CheckOutput(output);
        using var plan = MergePlan.Create(MergeRecipe.Read(recipePath), root, options?.Seed ?? 0);
        return Publish(plan, output, options);
    }

    /// <summary>Runs a plan into a new folder, which appears whole or not at all; what a killed try left is removed.</summary>
    public static MergeReport Publish(MergePlan plan, string output, MergeOptions? options = null)
    {
        CheckOutput(output);
        MergeReport? report = null;
        try
        {
            DurableFiles.Create(output, aside =>
            {
                CheckSpace(plan, output);
                report = Write(plan, aside, options);
                ResultFiles.Write(plan, report, aside);
            });
            return report!;
        }
        catch (IOException failed) when (DiskFull.Is(failed))
        {
            throw new MergeRecipeException($"{output}: the disk is full ({failed.Message.TrimEnd('.')}); nothing is left of the result. "
                + "Free some space and merge again", failed);
        }
    }

    /// <summary>Computes all tensors into a folder that holds no weights. The caller makes it visible.</summary>
    public static MergeReport Write(MergePlan plan, string folder, MergeOptions? options = null)
    {
        options ??= new MergeOptions();
        var tasks = plan.Tensors.ToDictionary(tensor => tensor.Name);
        var hashes = new ConcurrentDictionary<string, string>();
        var (done, all) = (0L, plan.Tensors.Sum(tensor => tensor.Elements));
        var headers = plan.Tensors.Select(tensor => new TensorInfo(tensor.Name, tensor.OutputType, tensor.Shape));
        SafetensorsWriter.WriteFolder(folder, headers, (info, output) =>
        {
            using var rounded = new RoundedOutput(info, output);
            plan.Method.Merge(tasks[info.Name], values =>
            {
                rounded.Write(values);
                options.Progress?.Report(new MergeProgress(Interlocked.Add(ref done, values.Length), all));
            });
            hashes[info.Name] = rounded.Hash();
        }, options.ShardBytes, options.Workers);
        return new MergeReport(plan.Recipe.Source, plan.Seed, plan.Warnings, hashes.ToImmutableSortedDictionary(StringComparer.Ordinal));
    }

    /// <exception cref="MergeRecipeException">Something else is there already.</exception>
    public static void CheckOutput(string output)
    {
        if (File.Exists(output)) throw new MergeRecipeException($"{output} is a file; the result is a folder");
        if (Directory.Exists(output) && Directory.EnumerateFileSystemEntries(output).Any())
            throw new MergeRecipeException($"{output} is not empty; old files beside the result would be taken for part of it");
    }

    static void CheckSpace(MergePlan plan, string output)
    {
        if (MergeSpace.FreeAt(output) is { } free && free < plan.Bytes)
            throw new MergeRecipeException($"{output}: the result takes {MergeSpace.InWords(plan.Bytes)}, of which only " +
                $"{MergeSpace.InWords(free)} are free there");
    }
}

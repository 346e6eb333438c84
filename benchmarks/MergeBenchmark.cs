// `merge [COMMAND]`: whole merges of checkpoints of 500 MB in bf16 (linear of three; TIES and DARE of three and a base), by the command as
// people run it, in turns with a copy that reads the same bytes, and writes, hashes and syncs as many. Page cache warm.
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Majlis.Model.Weights;

namespace Majlis.benchmarks;

static class MergeBenchmark
{
    const int Repeats = 5;

    public static int Run(string[] command)
    {
        var merge = command is [var named] ? named : Path.Combine(AppContext.BaseDirectory, "..", "..", "Merge", "release", "Majlis.Merge");
        var scratch = Directory.CreateTempSubdirectory("majlis-merge-").FullName;
        try
        {
            string[] models = [.. Enumerable.Range(0, 4).Select(i => GeneratedModel.Write(Path.Combine(scratch, $"m{i}"), hidden: 1024,
                inner: 2816, layers: 16, vocabulary: 32000, Weights(i)))];
            foreach (var method in new[] { "linear", "ties", "dare_ties" }) Measure(merge, scratch, models, method);
            return 0;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    /// <summary>A base of normal size, and experts a little beside it.</summary>
    static float[] Weights(int model)
    {
        var (common, own) = (new Random(7), new Random(model));
        return [.. Enumerable.Range(0, (1 << 20) + 7).Select(_ =>
            (float)(0.05 * (common.NextDouble() - 0.5) + (model == 0 ? 0 : 0.005 * (own.NextDouble() - 0.5))))];
    }

    static void Measure(string command, string scratch, string[] models, string method)
    {
        var recipe = Path.Combine(scratch, method + ".yml");
        var read = method == "linear" ? models[1..] : models;
        File.WriteAllText(recipe, $"merge_method: {method}\n" + (method == "linear" ? "" : $"base_model: {models[0]}\n") + "models:\n"
            + string.Concat(models[1..].Select(model => $"- model: {model}\n  parameters: {{weight: 0.4"
                + (method == "linear" ? "" : ", density: 0.5") + "}\n")));
        var files = read.Select(model => Path.Combine(model, SafetensorsFolder.SingleName)).ToArray();
        var (copies, merges, peak) = (new List<double>(), new List<double>(), 0L);
        for (var turn = 0; turn < Repeats; turn++)
        {
            copies.Add(Copy(files, Path.Combine(scratch, "copy")));
            var (seconds, memory) = Merge(command, recipe, Path.Combine(scratch, "merged"));
            merges.Add(seconds);
            peak = Math.Max(peak, memory);
        }
        var (copy, merged) = (copies.Order().ElementAt(Repeats / 2), merges.Order().ElementAt(Repeats / 2));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{{\"benchmark\": \"merge\", \"method\": \"{method}\", \"read_mb\": {files.Sum(file => new FileInfo(file).Length) / 1e6:0}, " +
            $"\"written_mb\": {new FileInfo(files[0]).Length / 1e6:0}, \"merge_s\": {merged:0.00}, \"copy_s\": {copy:0.00}, " +
            $"\"of_copy_speed\": {copy / merged:0.00}, \"peak_private_mb\": {peak / 1e6:0}}}"));
    }

    /// <summary>Reads all files, writes the last one's bytes to a new file, hashes them, and waits for the disk.</summary>
    static double Copy(string[] files, string target)
    {
        var watch = Stopwatch.StartNew();
        var buffer = new byte[1 << 20];
        using (var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
        using (var output = File.OpenHandle(target, FileMode.Create, FileAccess.Write))
        {
            foreach (var file in files)
            {
                using var input = File.OpenHandle(file);
                for (var position = 0L; RandomAccess.Read(input, buffer, position) is > 0 and var count; position += count)
                {
                    if (file != files[^1]) continue;
                    hash.AppendData(buffer, 0, count);
                    RandomAccess.Write(output, buffer.AsSpan(0, count), position);
                }
            }
            hash.GetHashAndReset();
            RandomAccess.FlushToDisk(output);
        }
        var seconds = watch.Elapsed.TotalSeconds;
        File.Delete(target);
        return seconds;
    }

    /// <summary>The command from its start to its end, and the most private memory it had.</summary>
    static (double Seconds, long Memory) Merge(string command, string recipe, string output)
    {
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo(command, [recipe, output]) { RedirectStandardOutput = true })!;
        var (text, peak) = (process.StandardOutput.ReadToEndAsync(), 0L);
        while (!process.WaitForExit(5))
            if (PeakMemory.TryRead(process.Id) is { } now) peak = Math.Max(peak, now);
        var seconds = watch.Elapsed.TotalSeconds;
        if (process.ExitCode != 0) throw new InvalidOperationException($"{command} ended with {process.ExitCode}: {text.Result}");
        Directory.Delete(output, recursive: true);
        return (seconds, peak);
    }
}

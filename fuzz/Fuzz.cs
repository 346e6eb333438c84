// `fuzz [MINUTES] [SEED]`: reads real files with damaged headers. A reader may open a file and read all it lists, or throw
// ModelFormatException. Anything else, an allocation from an unchecked length, or a long wait is a finding, whose file is kept.
using System.Diagnostics;
using System.Globalization;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.Model.Weights.Gguf;
using Majlis.Text;

namespace Majlis.fuzz;

static class Fuzz
{
    /// <summary>Bytes that parsing may allocate per byte of file: names, boxed values, dictionaries.</summary>
    const long MostAllocatedPerByte = 64;
    const long FreeAllocation = 1 << 20;
    static readonly TimeSpan longest = TimeSpan.FromSeconds(2);

    sealed record Seed(string Name, byte[] Bytes, int Header);

    public static int Run(string[] args)
    {
        var minutes = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 1;
        var generator = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
        var seeds = Seeds().ToArray();
        if (seeds.Length == 0)
        {
            Console.Error.WriteLine("No small .gguf or .safetensors under MAJLIS_SHARED (default ../shared)/goldens: nothing to damage.");
            return 2;
        }
        var kept = Directory.CreateDirectory(Path.Combine("artifacts", "fuzz")).FullName;
        var (tries, opened, findings) = Loop(TimeSpan.FromMinutes(minutes), new Random(generator), seeds, kept);
        Console.WriteLine($"fuzz: {tries} files from {seeds.Length} real ones in {minutes} minutes, {opened} opened and read, " +
            $"{tries - opened - findings} refused, {findings} findings.");
        return findings == 0 ? 0 : 1;
    }

    static (long Tries, long Opened, long Findings) Loop(TimeSpan time, Random random, Seed[] seeds, string kept)
    {
        var mutator = new FuzzMutator(random);
        var (tries, opened, findings) = (0L, 0L, 0L);
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < time; tries++)
        {
            var seed = seeds[random.Next(seeds.Length)];
            var bytes = mutator.Mutate(seed.Bytes, seed.Header);
            // Kept under one name while it is read: if the process itself dies, this file killed it.
            var path = Path.Combine(kept, "current" + Path.GetExtension(seed.Name));
            File.WriteAllBytes(path, bytes);
            switch (Try(path, bytes.Length))
            {
                case "": opened++; break;
                case { } finding:
                    var copy = Path.Combine(kept, $"finding-{++findings}{Path.GetExtension(seed.Name)}");
                    File.Copy(path, copy, overwrite: true);
                    Console.Error.WriteLine($"{copy} (from {seed.Name}): {finding}");
                    break;
            }
        }
        return (tries, opened, findings);
    }

    /// <summary>Empty when the file opened, null when it was properly refused, else the finding.</summary>
    static string? Try(string path, int length)
    {
        // Processor time, not wall time: a busy machine is no finding.
        var (before, started) = (GC.GetAllocatedBytesForCurrentThread(), Environment.CpuUsage.TotalTime);
        var result = (string?)"";
        try
        {
            ReadAll(path);
        }
        catch (ModelFormatException)
        {
            result = null;
        }
        catch (Exception error)
        {
            return error.ToString();
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > length * MostAllocatedPerByte + FreeAllocation) return $"{allocated} bytes were allocated for a file of {length}";
        var taken = Environment.CpuUsage.TotalTime - started;
        return taken > longest ? $"it took {taken} of processor time" : result;
    }

    static void ReadAll(string path)
    {
        if (!path.EndsWith(".gguf", StringComparison.Ordinal))
        {
            using var file = SafetensorsFile.Open(path);
            ReadTensors(file);
            return;
        }
        using (var file = GgufFile.Open(path))
        {
            foreach (var key in file.Keys.Where(file.IsArray)) ReadArray(file, key);
            foreach (var tensor in file.Tensors) file.Raw(tensor, 0, (int)Math.Min(tensor.Bytes, 1 << 16));
        }
        using var model = Checkpoint.Open(path);
        ReadTensors(model.Weights);
        _ = model.Generation;
    }

    static void ReadArray(GgufFile file, string key)
    {
        try
        {
            _ = key.Contains("tokens", StringComparison.Ordinal) ? file.Texts(key)!.Length : file.Integers(key)!.Length;
        }
        catch (ModelFormatException)
        {
            // An array of another type, or of texts that are not UTF-8, is refused; the rest of the file may be whole.
        }
    }

    static void ReadTensors(IWeightSource weights)
    {
        Span<float> piece = stackalloc float[1024];
        foreach (var (name, info) in weights.Tensors)
        {
            var left = info.Elements;
            for (var at = 0L; left > 0;)
            {
                var count = (int)Math.Min(piece.Length, left);
                weights.Read(name, at, piece[..count]);
                at += count;
                left -= count;
            }
        }
    }

    static IEnumerable<Seed> Seeds()
    {
        var root = Path.Combine(Environment.GetEnvironmentVariable("MAJLIS_SHARED") ?? Path.Combine("..", "shared"), "goldens");
        if (!Directory.Exists(root)) yield break;
        foreach (var path in Directory.EnumerateFiles(root, "*.*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (Path.GetExtension(path) is not (".gguf" or ".safetensors") || new FileInfo(path).Length is < 64 or > 300_000) continue;
            var bytes = File.ReadAllBytes(path);
            yield return new Seed(Path.GetRelativePath(root, path), bytes, Path.GetExtension(path) == ".gguf" ? GgufHeader(path)
                : 8 + (int)BitConverter.ToInt64(bytes));
        }
    }

    static int GgufHeader(string path)
    {
        using var file = GgufFile.Open(path);
        return (int)file.Tensors.Min(tensor => tensor.Offset);
    }
}

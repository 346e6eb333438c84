// Real schemas with values that fit and values that do not (https://github.com/guidance-ai/jsonschemabench), each value written token by
// token under its schema's grammar with a real vocabulary: how many schemas compile, what is wrongly taken or refused, how long compiling
// and a token's mask take, also beside a step of the model's decoding, and which keywords refusals name.
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Majlis.Model.Weights.Gguf;
using Majlis.Text.Tokenizers;

namespace Majlis.benchmarks;

static class MaskBenchmark
{
    const int WarmUp = 20;

    /// <param name="options">
    /// First, if it is a number, which share of the schemas to take (2: every other one). Then vocabularies: a GGUF model, a
    /// tokenizer.json, packed or not, or a folder with one; without any SmolLM2's and Command R's. Behind `=` the shape of `cpu-shapes`
    /// whose step is timed beside its masks; without one it is the first GGUF model's.
    /// </param>
    public static async Task<int> RunAsync(string[] options)
    {
        var shared = Environment.GetEnvironmentVariable("MAJLIS_SHARED") ?? Path.Combine("..", "shared");
        var hasShare = options.Length > 0 && int.TryParse(options[0], CultureInfo.InvariantCulture, out _);
        var every = hasShare ? int.Parse(options[0], CultureInfo.InvariantCulture) : 1;
        string[] named = options[(hasShare ? 1 : 0)..] is { Length: > 0 } given ? given
            : [Path.Combine(shared, "models", "SmolLM2-135M-Instruct.Q4_1.gguf"), Path.Combine(shared, "data", "command-r-tokenizer")];
        (string Path, string? Shape)[] models =
            [.. named.Select(model => model.Split('=', 2) is [var path, var shape] ? (path, shape) : (model, null))];
        // Told before the masks, which take minutes.
        if (ShapeBenchmark.Problem(models.Select(model => model.Shape).OfType<string>()) is { } problem)
        {
            Console.Error.WriteLine(problem);
            return 2;
        }
        var step = named.FirstOrDefault(model => model.EndsWith(".gguf", StringComparison.Ordinal)) is { } real
            ? await DecodeBenchmark.StepAsync(real) : (double?)null;
        foreach (var (model, shape) in models)
        {
            var run = new MaskRun(Open(model));
            foreach (var entry in Entries(shared, every).Take(WarmUp)) run.Take(entry);
            run.Forget();
            foreach (var entry in Entries(shared, every)) run.Take(entry);
            foreach (var line in run.Lines()) Console.WriteLine($"{{\"benchmark\": \"maskbench\", {line}}}");
            foreach (var wrong in run.Wrong) Console.Error.WriteLine(wrong);
            if ((shape is null ? step : ShapeBenchmark.Step(shape)) is { } took)
                Console.WriteLine($"{{\"benchmark\": \"maskbench\", {run.Beside(took)}}}");
        }
        return 0;
    }

    static IEnumerable<JsonElement> Entries(string shared, int every)
    {
        var number = 0;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(shared, "data", "maskbench"), "*.gz").Order())
        {
            using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
            while (reader.ReadLine() is { } line)
                if (number++ % every == 0) yield return JsonDocument.Parse(line).RootElement;
        }
    }

    static (string Name, TextTokenizer Tokenizer) Open(string path)
    {
        if (Directory.Exists(path)) path = Directory.EnumerateFiles(path, "tokenizer.json*").First();
        var file = Path.GetFileName(path);
        var isNamedByFolder = file.StartsWith("tokenizer.json", StringComparison.Ordinal);
        var name = isNamedByFolder ? Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path))!) : file;
        if (path.EndsWith(".gguf", StringComparison.Ordinal))
        {
            using var model = GgufFile.Open(path);
            return (name, new(GgufVocabulary.Read(model)));
        }
        if (!path.EndsWith(".gz", StringComparison.Ordinal)) return (name, TextTokenizer.FromJson(path));
        using var packed = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var json = new MemoryStream();
        packed.CopyTo(json);
        return (name, TextTokenizer.ParseJson(json.ToArray(), path));
    }
}

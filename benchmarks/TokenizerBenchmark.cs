// Bytes of text per second of processor time through our tokenizers, and through Hugging Face's and Microsoft's on the same text in the
// same run. Processor time, because other programs on the machine change the wall time.
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Majlis.Model.Weights.Gguf;
using Majlis.Text.Tokenizers;
using Microsoft.ML.Tokenizers;

namespace Majlis.benchmarks;

static class TokenizerBenchmark
{
    const int Rounds = 3;
    const long CorpusBytes = 10_000_000;

    /// <summary>SmolLM2's two steps (single digits, then GPT-2's pattern) as one pattern, for a library with one step.</summary>
    const string DigitsApart = @"\p{N}|'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?[^\s\p{L}\p{N}]+|\s+(?![^\s\p{N}])|\s+";

    /// <summary>Runs the named tokenizers, or all.</summary>
    public static int Run(string[] names)
    {
        var shared = Environment.GetEnvironmentVariable("MAJLIS_SHARED") ?? Path.Combine("..", "shared");
        var texts = TokenizerCorpus.Collect(Path.Combine(shared, "data"), CorpusBytes);
        var bytes = texts.Sum(text => (long)Encoding.UTF8.GetByteCount(text));
        var corpus = Path.Combine(Directory.CreateTempSubdirectory("majlis-tokenizers-").FullName, "corpus.txt");
        File.WriteAllText(corpus, string.Join('\0', texts));
        foreach (var (name, open) in Definitions(shared).Where(one => names.Length == 0 || names.Contains(one.Name)))
            Measure(name, open, texts, bytes, corpus);
        LongRun(Definitions(shared).First().Open());
        Directory.Delete(Path.GetDirectoryName(corpus)!, recursive: true);
        return 0;
    }

    static IEnumerable<(string Name, Func<TextTokenizer> Open)> Definitions(string shared)
    {
        yield return ("smollm2", () => FromGguf(Path.Combine(shared, "models", "SmolLM2-135M-Instruct.Q4_1.gguf")));
        yield return ("command-r", () => FromPacked(Path.Combine(shared, "data", "command-r-tokenizer", "tokenizer.json.gz")));
        yield return ("t-llama3", () => TextTokenizer.FromJson(Path.Combine(shared, "goldens", "text", "tokenizers", "t-llama3.json")));
        yield return ("llama-spm", () => FromGguf(Path.Combine(shared, "data", "llamacpp-vocabs", "ggml-vocab-llama-spm.gguf")));
        yield return ("t-unigram", () => TextTokenizer.FromJson(Path.Combine(shared, "goldens", "text", "tokenizers", "t-unigram.json")));
        yield return ("minilm", () => FromGguf(Path.Combine(shared, "data", "llamacpp-vocabs", "ggml-vocab-bert-bge.gguf")));
    }

    static void Measure(string name, Func<TextTokenizer> open, List<string> texts, long bytes, string corpus)
    {
        var start = ProcessorSeconds();
        var tokenizer = open();
        Line($"tokenizer {name} opened", ProcessorSeconds() - start, null, "seconds");
        Line($"tokenizer {name} opened again", Seconds([open], again => again().VocabularySize, Rounds).Best, null, "seconds");
        var first = Seconds(texts, text => tokenizer.Encode(text, false).Length, 1);
        var (best, tokens) = Seconds(texts, text => tokenizer.Encode(text, false).Length, Rounds);
        Line($"tokenizer {name} first pass", bytes / first.Best, null, "bytes/s");
        var definition = Path.Combine(Path.GetDirectoryName(corpus)!, $"{name}.json");
        File.WriteAllText(definition, tokenizer.ToJson());
        var peer = HuggingFace(definition, corpus);
        var tracked = Seconds(texts, text => tokenizer.EncodeWithOffsets(text, false).Ids.Length, Rounds).Best;
        Line($"tokenizer {name} encode, peer Hugging Face", bytes / best, bytes / peer?.Seconds, "bytes/s");
        Line($"tokenizer {name} encode with offsets, peer Hugging Face", bytes / tracked, bytes / peer?.Seconds, "bytes/s");
        if (peer is { } other && other.Tokens != tokens)
            Console.Error.WriteLine($"{name}: {tokens} tokens here, {other.Tokens} in the peer");
        var ids = texts.ConvertAll(text => tokenizer.Encode(text, false));
        Line($"tokenizer {name} decode", bytes / Seconds(ids, list => tokenizer.Decode(list, false).Length, Rounds).Best, null, "bytes/s");
        if (name == "smollm2") Microsoft(tokenizer, definition, texts, bytes, bytes / best);
    }

    static double ProcessorSeconds() => Environment.CpuUsage.TotalTime.TotalSeconds;

    static (double Best, long Count) Seconds<T>(List<T> items, Func<T, int> work, int rounds)
    {
        var (best, count) = (double.MaxValue, 0L);
        for (var round = 0; round < rounds; round++)
        {
            var start = ProcessorSeconds();
            count = items.Sum(item => (long)work(item));
            best = Math.Min(best, ProcessorSeconds() - start);
        }
        return (best, count);
    }

    /// <summary>Microsoft.ML.Tokenizers' BPE with the closest settings it has; texts whose ids differ are counted.</summary>
    static void Microsoft(TextTokenizer ours, string definition, List<string> texts, long bytes, double rate)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(definition));
        var model = json.RootElement.GetProperty("model");
        var vocabulary = model.GetProperty("vocab").EnumerateObject()
            .Select(entry => KeyValuePair.Create(entry.Name, entry.Value.GetInt32()));
        var options = new BpeOptions(vocabulary)
        {
            Merges = model.GetProperty("merges").EnumerateArray().Select(pair => $"{pair[0].GetString()} {pair[1].GetString()}"),
            ByteLevel = true,
            PreTokenizer = new RegexPreTokenizer(new Regex(DigitsApart, RegexOptions.Compiled), null),
        };
        var theirs = BpeTokenizer.Create(options);
        var differing = texts.Count(text => !theirs.EncodeToIds(text).SequenceEqual(ours.Encode(text, false, specialsAsText: true)));
        var best = Seconds(texts, text => theirs.EncodeToIds(text).Count, Rounds).Best;
        var name = $"tokenizer smollm2 encode, peer Microsoft.ML.Tokenizers ({differing} of {texts.Count} texts differ)";
        Line(name, rate, bytes / best, "bytes/s");
    }

    /// <summary>A megabyte of one letter: merging must take n log n.</summary>
    static void LongRun(TextTokenizer tokenizer)
    {
        var (small, large) = (new string('a', 100_000), new string('a', 1_000_000));
        var seconds = Seconds([small], text => tokenizer.Encode(text, false).Length, Rounds).Best;
        var longer = Seconds([large], text => tokenizer.Encode(text, false).Length, Rounds).Best;
        Line("tokenizer one letter 10 times as long takes", longer / seconds, null, "times");
    }

    static (double Seconds, long Tokens)? HuggingFace(string definition, string corpus)
    {
        var peers = Path.Combine("benchmarks", "peers");
        if (!Directory.Exists(Path.Combine(peers, "node_modules", "tokenizers"))) return null;
        string[] arguments = [Path.Combine(peers, "hf-tokenizers.mjs"), definition, corpus];
        using var node = Process.Start(new ProcessStartInfo("node", arguments) { RedirectStandardOutput = true })!;
        var output = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        if (node.ExitCode != 0) return null;
        using var result = JsonDocument.Parse(output);
        return (result.RootElement.GetProperty("seconds").GetDouble(), result.RootElement.GetProperty("tokens").GetInt64());
    }

    static TextTokenizer FromGguf(string path)
    {
        using var file = GgufFile.Open(path);
        return new TextTokenizer(GgufVocabulary.Read(file));
    }

    static TextTokenizer FromPacked(string path)
    {
        using var packed = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var json = new MemoryStream();
        packed.CopyTo(json);
        return TextTokenizer.ParseJson(json.ToArray(), path);
    }

    static void Line(string name, double ours, double? peer, string unit) => Console.WriteLine(
        $"{{\"name\": \"{name}\", \"ours\": {Number(ours)}, \"peer\": {Number(peer)}, " +
        $"\"ratio\": {Number(ours / peer)}, \"unit\": \"{unit}\"}}");

    static string Number(double? value) => value?.ToString("0.####", CultureInfo.InvariantCulture) ?? "null";
}

// `embeddings`: vectors of 1,000 passages of 100 tokens by all-MiniLM-L6-v2, from a server's /v1/embeddings beside npm's transformers.js
// (ONNX runtime) with the same weights, in turns.
using System.Globalization;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.tests.Inference.Sentences;
using Majlis.Text.Tokenizers;

namespace Majlis.benchmarks;

static class EmbeddingBenchmark
{
    const int Passages = 1000;
    const int Tokens = 100;
    const int Rounds = 3;

    public static async Task<int> RunAsync()
    {
        if (!File.Exists(MiniLmFolder.Package))
        {
            Console.Error.WriteLine($"{MiniLmFolder.Package} is not here: dotnet restore tests/Packages");
            return 1;
        }
        var scratch = Directory.CreateTempSubdirectory("majlis-embeddings-").FullName;
        var folder = MiniLmFolder.Write(Path.Combine(scratch, "minilm"), TensorType.F32, withOnnx: true);
        await File.WriteAllTextAsync(Path.Combine(folder, "tokenizer_config.json"), """{"tokenizer_class": "BertTokenizer"}""");
        var passages = Texts(TextTokenizer.FromJson(Path.Combine(folder, "tokenizer.json")));
        await using var server = await EmbeddingServer.StartAsync(scratch, folder);
        using var peer = TransformersJs.Start(folder);
        List<double> ours = [], theirs = [];
        var worst = 1.0;
        for (var round = 0; round <= Rounds; round++) // the first warms up
        {
            var (mine, seconds) = await server.VectorsAsync(passages);
            if (round > 0) ours.Add(seconds);
            if (peer is null) continue;
            var (vectors, wanted) = await peer.VectorsAsync(passages);
            worst = mine.Zip(vectors, Product).Min();
            if (round > 0) theirs.Add(wanted);
        }
        Tell(ours, theirs, worst);
        Directory.Delete(scratch, recursive: true);
        return 0;
    }

    /// <summary>Passages of whole words, each a token, in a frame of two.</summary>
    static string[] Texts(TextTokenizer tokenizer)
    {
        var words = Enumerable.Range(0, tokenizer.VocabularySize).Select(id => tokenizer.Decode([id], false).Trim())
            .Where(word => word.Length > 2 && word.All(char.IsAsciiLetterLower) && tokenizer.Encode(word, false).Length == 1).ToArray();
        var random = new Random(1);
        return [.. Enumerable.Range(0, Passages).Select(_ =>
            string.Join(' ', Enumerable.Range(0, Tokens - 2).Select(_ => words[random.Next(words.Length)])))];
    }

    static double Product(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();

    static void Tell(List<double> ours, List<double> theirs, double worst)
    {
        var (mine, peer) = (Passages / Median(ours), theirs.Count > 0 ? Passages / Median(theirs) : (double?)null);
        Console.WriteLine($"{{\"name\": \"embeddings, {Passages} passages of {Tokens} tokens, peer transformers.js\", "
            + $"\"ours\": {Number(mine)}, \"peer\": {Number(peer)}, \"ratio\": {Number(mine / peer)}, \"unit\": \"passages/s\", "
            + string.Create(CultureInfo.InvariantCulture, $"\"least_cosine\": {worst:0.000000}}}"));
    }

    static string Number(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "null";

    static double Median(List<double> numbers) => numbers.Order().ElementAt(numbers.Count / 2);
}

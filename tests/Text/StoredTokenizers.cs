// Where each golden tokenizer's definitions are, in every container, and how to open them.
using System.IO.Compression;
using Majlis.Model.Weights.Gguf;
using Majlis.tests.Support;
using Majlis.Text.Tokenizers;

namespace Majlis.tests.Text;

static class StoredTokenizers
{
    /// <summary>The existing definitions of a golden tokenizer.</summary>
    public static IEnumerable<string> Definitions(string name) => Candidates(name).Where(File.Exists);

    public static TextTokenizer Open(string path)
    {
        if (path.EndsWith(".json", StringComparison.Ordinal)) return TextTokenizer.FromJson(path);
        if (path.EndsWith(".model", StringComparison.Ordinal)) return TextTokenizer.FromSentencePiece(path);
        if (path.EndsWith(".gz", StringComparison.Ordinal)) return TextTokenizer.ParseJson(Unpacked(path), path);
        using var file = GgufFile.Open(path);
        return new TextTokenizer(GgufVocabulary.Read(file));
    }

    static IEnumerable<string> Candidates(string name)
    {
        yield return Shared.Golden("text", "tokenizers", $"{name}.json");
        yield return Shared.Golden("text", "tokenizers", $"{name}.json.gz");
        yield return Shared.Data("data", $"{name}-tokenizer", "tokenizer.json.gz");
        yield return Shared.Data("data", "llamacpp-vocabs", $"ggml-vocab-{name}.gguf");
        if (name == "smollm2") yield return Shared.SmolLM2;
        // MiniLM has BGE's vocabulary, and stories260k's llama2 has Llama's.
        if (name == "minilm") yield return Shared.Data("data", "llamacpp-vocabs", "ggml-vocab-bert-bge.gguf");
        if (name == "llama-spm") yield return Shared.Data("data", "stories260k", "llama2_tokenizer.model");
    }

    static byte[] Unpacked(string path)
    {
        using var packed = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var json = new MemoryStream();
        packed.CopyTo(json);
        return json.ToArray();
    }
}

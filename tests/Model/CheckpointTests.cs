// Opening a model: which files are found, which are refused, and the messages.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Majlis.Text;
using Majlis.Text.Chat;
using Xunit;

namespace Majlis.tests.Model;

public sealed class CheckpointTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void SmolLM2_opens_with_its_ends_and_its_hash()
    {
        using var checkpoint = Checkpoint.Open(Shared.Require(Shared.SmolLM2));
        Assert.Equal("b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53", checkpoint.WeightsHash);
        Assert.Equal([2], checkpoint.Generation.EosTokens);
        Assert.Equal((1, 2), (checkpoint.Generation.BosToken, checkpoint.Generation.PadToken));
        Assert.Equal("llama", checkpoint.Blueprint.Family);
    }

    [Theory]
    [InlineData("fp32")]
    [InlineData("sharded")]
    [InlineData("bf16")]
    public void A_folder_opens_in_any_form(string form)
    {
        using var checkpoint = Checkpoint.Open(Shared.Require(Shared.Golden("architectures", "disk_forms", form)));
        Assert.Equal("cohere2", checkpoint.Blueprint.Family);
        Assert.Equal([2], checkpoint.Generation.EosTokens);
        Assert.Equal(64, checkpoint.WeightsHash.Length);
    }

    [Fact]
    public void A_folder_that_holds_one_gguf_is_that_model()
    {
        File.Copy(Shared.Require(Shared.Golden("architectures", "gguf_llama", "model.f32.gguf")), folder.File("any.gguf"));
        using (var checkpoint = Checkpoint.Open(folder.Path)) Assert.Equal("llama", checkpoint.Blueprint.Family);
        File.Copy(folder.File("any.gguf"), folder.File("other.gguf"));
        Assert.Contains("name one of them", Message(folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        Assert.Contains("no such model", Message(folder.File("nothing")), StringComparison.Ordinal);
        Assert.Contains("config.json", Message(folder.Path), StringComparison.Ordinal);
        Assert.Contains(".gguf", Message(folder.Write("model.bin", [1])), StringComparison.Ordinal);
        folder.Write("config.json", "{}"u8.ToArray());
        Assert.Contains("model.safetensors", Message(folder.Path), StringComparison.Ordinal);
        folder.Write("config.json", "{\"a\""u8.ToArray());
        Assert.Contains("config.json", Message(folder.Path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "generation_config.json")]
    [InlineData("""{"top_k": 1e12}""", "top_k")]
    [InlineData("""{"top_k": 2.5}""", "top_k")]
    [InlineData("""{"temperature": "hot"}""", "temperature")]
    [InlineData("""{"eos_token_id": [1, "x"]}""", "eos_token_id")]
    public void Generation_defaults_of_the_wrong_kind_are_refused_by_name(string json, string named)
    {
        File.WriteAllText(folder.File("generation_config.json"), json);
        using var config = JsonDocument.Parse("{}");
        Assert.Contains(named, Assert.Throws<ModelFormatException>(() =>
            GenerationDefaults.Read(folder.Path, config.RootElement, 300)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.f32.gguf", 200_000)]
    [InlineData("model.f32.gguf", 100)]
    [InlineData("model.f32.gguf", 3)]
    [InlineData("model.f32.gguf", 0)]
    public void A_truncated_file_is_refused_by_name(string name, int bytes)
    {
        var whole = File.ReadAllBytes(Shared.Require(Shared.Golden("architectures", "gguf_llama", name)));
        bytes = Math.Min(bytes, whole.Length - 1000);
        Assert.Contains("cut.gguf", Message(folder.Write("cut.gguf", whole[..bytes])), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_architecture_is_refused_by_name()
    {
        var source = Shared.Require(Shared.Golden("architectures", "llama_untied"));
        File.Copy(Path.Combine(source, "model.safetensors"), folder.File("model.safetensors"));
        File.WriteAllText(folder.File("config.json"),
            File.ReadAllText(Path.Combine(source, "config.json")).Replace("\"llama\"", "\"lama\"", StringComparison.Ordinal));
        Assert.Contains("'lama' is not known", Message(folder.Path), StringComparison.Ordinal);
        File.WriteAllText(folder.File("config.json"),
            File.ReadAllText(Path.Combine(source, "config.json")).Replace("\"hidden_size\": 32", "\"hidden_size\": 64",
            StringComparison.Ordinal));
        Assert.Contains("embed_tokens", Message(folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_gguf_becomes_a_folder_that_says_the_same()
    {
        using var gguf = Checkpoint.Open(Shared.Require(Shared.SmolLM2));
        CheckpointFiles.WriteConfigAndTokenizer(gguf, folder.Path);
        var tensors = gguf.Weights.Tensors.Values.Select(tensor => tensor with { Type = TensorType.BF16 });
        SafetensorsWriter.WriteFolder(folder.Path, tensors, (tensor, output) => output.Write(ReadAll(gguf.Weights, tensor)));
        using var copy = Checkpoint.Open(folder.Path);
        Assert.Equal(JsonSerializer.Serialize(gguf.Blueprint), JsonSerializer.Serialize(copy.Blueprint));
        Assert.Equal(JsonSerializer.Serialize(gguf.Generation), JsonSerializer.Serialize(copy.Generation));
        const string text = "<|im_start|>user\nHello, مرحبا 2024!<|im_end|>\n";
        Assert.Equal(gguf.Tokenizer!.Encode(text, addSpecialTokens: true), copy.Tokenizer!.Encode(text, addSpecialTokens: true));
        var conversation = new Conversation([new JsonObject { ["role"] = "user", ["content"] = "Hi" }]) { AddGenerationPrompt = true };
        Assert.Equal(gguf.ChatTemplate!.Render(conversation), copy.ChatTemplate!.Render(conversation));
    }

    [Fact]
    public void A_folder_is_copied_with_all_that_is_not_weights()
    {
        using var source = Checkpoint.Open(Shared.Require(Shared.Golden("architectures", "llama_untied")));
        CheckpointFiles.WriteConfigAndTokenizer(source, folder.Path);
        Assert.Equal(["config.json", "generation_config.json"], Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName).Order());
        Assert.Null(source.Tokenizer);
        Assert.Null(source.ChatTemplate);
    }

    static float[] ReadAll(IWeightSource weights, TensorInfo tensor)
    {
        var numbers = new float[tensor.Elements];
        weights.Read(tensor.Name, 0, numbers);
        return numbers;
    }

    static string Message(string path) => Assert.Throws<ModelFormatException>(() => Checkpoint.Open(path)).Message;
}

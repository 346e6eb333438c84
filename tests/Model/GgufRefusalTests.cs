// Intact GGUF files that cannot be the model they claim to be: each refusal names the file and the key or tensor.
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.Model.Weights.Gguf;
using Majlis.tests.Support;
using Majlis.Text;
using Xunit;

namespace Majlis.tests.Model;

public sealed class GgufRefusalTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, string, object?, string> Keys => new()
    {
        { "llama", "general.architecture", null, "'general.architecture' is missing" },
        { "lama", "x", null, "general.architecture 'lama' is not known; known are" },
        { "llama", "llama.embedding_length", null, "'llama.embedding_length' is missing" },
        { "llama", "llama.embedding_length", -8, "'llama.embedding_length' is 4294967288, which is out of range" },
        { "llama", "llama.embedding_length", "8", "'llama.embedding_length' holds something else than a whole number" },
        { "llama", "llama.attention.layer_norm_rms_epsilon", null, "'llama.attention.layer_norm_rms_epsilon' is missing" },
        { "llama", "llama.attention.layer_norm_rms_epsilon", "1e-5", "holds something else than a number" },
        { "llama", "llama.attention.head_count", null, "'llama.attention.head_count' is missing" },
        { "llama", "llama.attention.head_count", 0, "'llama.attention.head_count' is 0" },
        { "llama", "llama.attention.head_count", new[] { 2, 4 }, "'llama.attention.head_count' differs between layers" },
        { "llama", "llama.attention.head_count", new[] { -1 }, "'llama.attention.head_count' differs between layers" },
        { "llama", "llama.attention.head_count", 3, "'llama.attention.key_length' is missing, and the heads do not divide the width" },
        { "llama", "llama.attention.value_length", 2, "'llama.attention.value_length' is 2 and the keys' 4; only equal ones are known" },
        { "llama", "llama.block_count", 0, "'llama.block_count' must be between 1 and" },
        { "llama", "llama.vocab_size", 5, "'llama.vocab_size' says 5, but token_embd.weight has 4 rows" },
        { "llama", "llama.expert_count", 8, "a mixture-of-experts llama (Mixtral) is not supported" },
        { "llama", "llama.attention.sliding_window", 4, "'llama.attention.sliding_window' is not known for llama" },
        { "llama", "llama.rope.scaling.type", "linear", "'llama.rope.scaling.factor' is missing" },
        { "llama", "llama.rope.scaling.type", "yarn", "'llama.rope.scaling.factor' is missing" },
        { "llama", "llama.rope.scaling.type", "spiral", "'llama.rope.scaling.type' is 'spiral', which is not known" },
        { "llama", "llama.rope.scaling.type", "longrope", "there is no tensor 'rope_factors_long.weight'" },
        { "llama", "llama.rope.scaling.attn_factor", 0.5f, "'llama.rope.scaling.attn_factor' is 0.5; it is known beside the scalings" },
        { "llama", "llama.rope.scaling.type", 7, "holds something else than a text" },
        { "cohere2", "cohere2.attention.layer_norm_epsilon", null, "'cohere2.attention.layer_norm_epsilon' is missing" },
        { "cohere2", "cohere2.logit_scale", null, "'cohere2.logit_scale' is missing" },
        { "cohere2", "cohere2.attention.sliding_window", null, "'cohere2.attention.sliding_window' is missing" },
        { "cohere2", "cohere2.attention.sliding_window_pattern", new[] { true, false }, "has 2 entries for 1 layers" },
        { "cohere2", "cohere2.attention.sliding_window_pattern", new[] { 1 }, "holds something else than an array of true or false" },
    };

    [Theory, MemberData(nameof(Keys))]
    public void A_key_that_is_missing_or_cannot_be_is_named(string architecture, string key, object? value, string expected) =>
        Refused(expected, Model(architecture, key, value).Tensor("token_embd.weight", [4, 8], new float[32]));

    [Fact]
    public void Tensors_that_do_not_fit_the_architecture_are_named()
    {
        Refused("there is no tensor 'token_embd.weight'", Model("llama"));
        Refused("tensor 'token_embd.weight' is not a matrix", Model("llama").Tensor("token_embd.weight", [32], new float[32]));
        Refused("'blk.0.magic.weight' has no place in a llama network", Table("llama").Tensor("blk.0.magic.weight", [1], new float[1]));
        Refused("'blk.x.attn_q.weight' has no place in a llama network", Table("llama").Tensor("blk.x.attn_q.weight", [1], new float[1]));
        Refused("'blk.0.attn_q.weight' does not divide into 2 heads of an even size",
            Table("llama").Tensor("blk.0.attn_q.weight", [6, 8], new float[48]));
        Refused("is missing, which llama needs", Table("llama"));
    }

    [Fact]
    public void Tables_of_rotations_that_are_none_are_named()
    {
        Refused("is not Llama 3's scaling of any original length", Table("llama").Tensor("rope_freqs.weight", [2], [0.5f, 7]));
        Refused("is not Llama 3's scaling of any original length", Table("llama").Tensor("rope_freqs.weight", [2], [0, 0]));
        Refused("both rope_freqs.weight and rope scaling 'linear' are given",
            Table("llama", "llama.rope.scaling.factor", 2f).Tensor("rope_freqs.weight", [2], [1, 1]));
        Refused("there is no tensor 'rope_factors_short.weight'", Table("llama").Tensor("rope_factors_long.weight", [2], [1, 1]));
        Refused("'rope_freqs.weight' has 65537 elements, more than any head",
            Table("llama").Tensor("rope_freqs.weight", [65537], new float[65537]));
    }

    [Fact]
    public void A_vocabulary_of_numbers_is_named()
    {
        var numbers = Table("llama", "tokenizer.ggml.model", "gpt2").Key("tokenizer.ggml.tokens", new[] { 1 });
        using var file = GgufFile.Open(Save(numbers));
        Assert.Contains("an array of texts", Refusal(() => GgufVocabulary.Read(file)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_of_two_parts_is_named()
    {
        foreach (var part in new[] { 1, 2 })
            Table("llama", "split.count", 2).Save(folder.File($"m-0000{part}-of-00002.gguf"));
        Assert.Contains("'token_embd.weight' stands twice", Message(folder.File("m-00001-of-00002.gguf")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_asked_of_a_tensor_beyond_its_bytes_is_refused()
    {
        var path = Save(Table("gemma2").Tensor("output_norm.weight", [8], new float[8]));
        using var weights = GgufWeights.Open(path);
        Assert.Contains("stored as 1 + weight", Refusal(() => weights.Raw("model.norm.weight", 0, 4).Length), StringComparison.Ordinal);
        const string Embedding = "model.embed_tokens.weight";
        Assert.Contains("asked for 8 from 124 on", Refusal(() => weights.Raw(Embedding, 124, 8).Length), StringComparison.Ordinal);
        Assert.Contains("asked for 2 from 31 on", Refusal(() => weights.Read(Embedding, 31, new float[2])), StringComparison.Ordinal);
        Assert.Contains("there is no tensor 'absent'", Refusal(() => weights.Read("absent", 0, new float[1])), StringComparison.Ordinal);
    }

    /// <summary>Sparse files take no disk space: these lengths need a file of gigabytes.</summary>
    [Theory]
    [InlineData(8u, 0u, "key 'k' is 2147483648 bytes long")]
    [InlineData(9u, 0u, "key 'k' has 2147483648 elements")]
    public void Lengths_beyond_what_memory_can_hold_are_refused(uint type, uint element, string expected)
    {
        byte[] head = [.. "GGUF"u8, .. U32(3), .. U64(0), .. U64(1), .. U64(1), (byte)'k', .. U32(type),
            .. type == 9 ? U32(element) : [], .. U64(1UL << 31)];
        var path = folder.Write("sparse.gguf", head);
        using (var file = File.OpenWrite(path)) file.SetLength(3L << 30);
        Assert.Contains(expected, Refusal(() => GgufFile.Open(path)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(9u, 77u, "key 'k' has the unknown element type 77")]
    [InlineData(10u, uint.MaxValue, "key 'k' is 18446744073709551615, more than a signed number holds")]
    public void Values_of_no_kind_are_refused(uint type, uint next, string expected)
    {
        byte[] head = [.. "GGUF"u8, .. U32(3), .. U64(0), .. U64(1), .. U64(1), (byte)'k', .. U32(type), .. U32(next),
            .. U32(uint.MaxValue), .. U64(0)];
        Assert.Contains(expected, Refusal(() => GgufFile.Open(folder.Write("value.gguf", head))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_quantised_tensor_is_read_in_whole_blocks()
    {
        byte[] file = [.. "GGUF"u8, .. U32(3), .. U64(1), .. U64(0), .. U64(1), (byte)'w', .. U32(1), .. U64(64), .. U32(8), .. U64(0)];
        var path = folder.Write("q.gguf", [.. file, .. new byte[(32 - file.Length % 32) % 32 + 2 * 34]]);
        using var gguf = GgufFile.Open(path);
        Assert.Contains("read in blocks of 32; asked for 32 from 16 on",
            Refusal(() => gguf.Widen(gguf.Tensors[0], 16, new float[32])), StringComparison.Ordinal);
        Assert.Contains("asked for 1 from 0 on", Refusal(() => gguf.Widen(gguf.Tensors[0], 0, new float[1])), StringComparison.Ordinal);
        Assert.Contains("are not 32 numbers", Assert.Throws<ArgumentException>(() =>
            TensorDecoder.Widen(TensorType.Q8_0, new byte[33], new float[32])).Message, StringComparison.Ordinal);
    }

    static byte[] U32(uint number) => BitConverter.GetBytes(number);

    static byte[] U64(ulong number) => BitConverter.GetBytes(number);

    static GgufBuilder Table(string architecture, string? key = null, object? value = null) =>
        Model(architecture, key, value).Tensor("token_embd.weight", [4, 8], new float[32]);

    /// <summary>The keys of a one-layer model, with one of them changed, added or (null) left out.</summary>
    static GgufBuilder Model(string architecture, string? key = null, object? value = null)
    {
        var keys = new OrderedDictionary<string, object?>
        {
            ["general.architecture"] = architecture,
            [$"{architecture}.embedding_length"] = 8,
            [$"{architecture}.feed_forward_length"] = 8,
            [$"{architecture}.block_count"] = 1,
            [$"{architecture}.context_length"] = 8,
            [$"{architecture}.attention.head_count"] = 2,
            [$"{architecture}.attention.layer_norm_rms_epsilon"] = 1e-5f,
            [$"{architecture}.attention.layer_norm_epsilon"] = 1e-5f,
        };
        if (architecture == "cohere2") (keys["cohere2.logit_scale"], keys["cohere2.attention.sliding_window"]) = (1f, 4);
        if (key is not null) keys[key] = value;
        var builder = new GgufBuilder();
        foreach (var (name, each) in keys)
            if (each is not null) builder.Key(name, each);
        return builder;
    }

    string Save(GgufBuilder builder)
    {
        builder.Save(folder.File("m.gguf"));
        return folder.File("m.gguf");
    }

    void Refused(string expected, GgufBuilder builder)
    {
        var message = Message(Save(builder));
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains(folder.Path, message, StringComparison.Ordinal);
    }

    static string Message(string path) => Refusal(() => Checkpoint.Open(path));

    static string Refusal(Func<object?> action) => Assert.Throws<ModelFormatException>(action).Message;

    static string Refusal(Action action) => Assert.Throws<ModelFormatException>(action).Message;
}

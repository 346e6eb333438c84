// Ids in configs and GGUF keys without a logit: they count as absent, and the skipped ones are named.
using System.Text.Json;
using Majlis.Model;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Model;

public sealed class NamedTokenTests
{
    [Theory]
    [InlineData("""{"eos_token_id": -1}""", "{}", new int[0], "eos_token_id -1")]
    [InlineData("""{"eos_token_id": [7, 10, 4294967295]}""", "{}", new[] { 7 }, "eos_token_id 10", "eos_token_id 4294967295")]
    [InlineData("""{"eos_token_id": [10]}""", """{"eos_token_id": 3}""", new[] { 3 }, "eos_token_id 10")]
    [InlineData("""{"eos_token_id": 99999999999999999999}""", "{}", new int[0], "eos_token_id 99999999999999999999")]
    [InlineData("""{"pad_token_id": -1, "bos_token_id": 10}""", """{"eos_token_id": [0, 9]}""", new[] { 0, 9 },
        "bos_token_id 10", "pad_token_id -1")]
    public void An_id_without_a_logit_is_none_and_is_named(string generation, string config, int[] ends, params string[] ignored)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("generation_config.json"), generation);
        using var document = JsonDocument.Parse(config);
        var defaults = GenerationDefaults.Read(folder.Path, document.RootElement, vocabularySize: 10);
        Assert.Equal(ends, defaults.EosTokens);
        Assert.Equal((null, null), (defaults.BosToken, defaults.PadToken));
        Assert.Equal(ignored, defaults.Ignored);
    }

    [Fact]
    public void An_end_that_the_tokenizer_alone_knows_is_none()
    {
        var defaults = new GenerationDefaults([5], null);
        Assert.Equal([5, Tiny.End], defaults.WithEnd("</s>", Tiny.Tokenizer, Tiny.Vocabulary).EosTokens);
        var fewer = defaults.WithEnd("</s>", Tiny.Tokenizer, Tiny.End);
        Assert.Equal([5], fewer.EosTokens);
        Assert.Equal([$"eos_token {Tiny.End}"], fewer.Ignored);
    }

    [Fact]
    public void What_minus_one_is_without_a_sign_is_no_end_of_a_GGUF()
    {
        using var checkpoint = Checkpoint.Open(Shared.Require(Shared.Data("faults", "eos-id-4294967295.gguf")));
        Assert.DoesNotContain(checkpoint.Generation.EosTokens, id => id < 0 || id >= checkpoint.Blueprint.VocabularySize);
        Assert.Contains("tokenizer.ggml.eos_token_id 4294967295", checkpoint.Generation.Ignored);
        Assert.False(checkpoint.Config.TryGetProperty("eos_token_id", out _));
    }
}

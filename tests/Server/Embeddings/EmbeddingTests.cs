// POST /v1/embeddings with an encoder beside the chat model: the four forms of input, formats, sizes, kinds of texts, refusals.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Majlis.Text.Tokenizers;
using Xunit;

namespace Majlis.tests.Server.Embeddings;

public sealed class EmbeddingTests(EmbeddingServer shared) : IClassFixture<EmbeddingServer>
{
    [Fact]
    public async Task Texts_become_unit_vectors_in_their_order_with_their_usage()
    {
        var reply = await shared.EmbedAsync(new JsonArray("hello there", "a"));
        Assert.Equal("list", (string)reply["object"]!);
        Assert.Equal(EmbeddingServer.Name, (string)reply["model"]!);
        Assert.Equal([0, 1], reply["data"]!.AsArray().Select(item => (int)item!["index"]!));
        Assert.All(reply["data"]!.AsArray(), item => Assert.Equal("embedding", (string)item!["object"]!));
        // [CLS] h ##e ##l ##l ##o t ##h ##e ##r ##e [SEP], [CLS] a [SEP]
        Assert.Equal((15, 15), ((int)reply["usage"]!["prompt_tokens"]!, (int)reply["usage"]!["total_tokens"]!));
        var vectors = EmbeddingServer.Vectors(reply);
        Assert.All(vectors, vector => Assert.Equal(1, vector.Sum(value => value * value), 1e-6));
        Near(await shared.ExpectedAsync("hello there"), vectors[0]);
        Near(await shared.ExpectedAsync("a"), vectors[1]);
    }

    [Fact]
    public async Task A_vector_is_the_same_whatever_stands_beside_its_text()
    {
        var texts = Enumerable.Range(0, 60).Select(i => new string((char)('a' + i % 26), 1 + i % 20)).ToArray();
        var together = EmbeddingServer.Vectors(await shared.EmbedAsync(new JsonArray([.. texts.Select(text => (JsonNode)text)])));
        for (var i = 0; i < texts.Length; i += 7)
            Near(EmbeddingServer.Vectors(await shared.EmbedAsync(texts[i]))[0], together[i]);
    }

    [Fact]
    public async Task Base64_holds_the_same_numbers()
    {
        var numbers = EmbeddingServer.Vectors(await shared.EmbedAsync("bytes"));
        var reply = await shared.EmbedAsync("bytes", new() { ["encoding_format"] = "base64", ["user"] = "somebody" });
        Assert.IsAssignableFrom<JsonValue>(reply["data"]![0]!["embedding"]);
        Assert.Equal(numbers[0], EmbeddingServer.Vectors(reply)[0]);
    }

    [Fact]
    public async Task Dimensions_are_the_first_elements_at_unit_length()
    {
        var whole = EmbeddingServer.Vectors(await shared.EmbedAsync("short"))[0];
        var part = EmbeddingServer.Vectors(await shared.EmbedAsync("short", new() { ["dimensions"] = 4 }))[0];
        var norm = MathF.Sqrt(whole[..4].Sum(value => value * value));
        Near([.. whole[..4].Select(value => value / norm)], part);
        var error = await RunningServer.ErrorAsync(await shared.PostAsync("short", new() { ["dimensions"] = 17 }));
        Assert.Equal("dimensions", (string?)error["param"]);
    }

    [Fact]
    public async Task Ids_of_OpenAIs_tokenizer_are_read_as_the_text_they_spell()
    {
        // "hello world" in cl100k_base.
        Assert.Equal("hello world", OpenAiTokens.Decode([15339, 1917]));
        var expected = await shared.ExpectedAsync("hello world");
        Near(expected, EmbeddingServer.Vectors(await shared.EmbedAsync(new JsonArray(15339, 1917)))[0]);
        var batch = EmbeddingServer.Vectors(await shared.EmbedAsync(new JsonArray(new JsonArray(64), new JsonArray(15339, 1917))));
        Near(expected, batch[1]);
        Near(await shared.ExpectedAsync("a"), batch[0]);
    }

    [Fact]
    public async Task Ids_that_the_models_own_tokenizer_framed_are_its_own()
    {
        var own = shared.Oracle.Model.Tokenizer!.Encode("hello", addSpecialTokens: true);
        Near(await shared.ExpectedAsync("hello"),
            EmbeddingServer.Vectors(await shared.EmbedAsync(new JsonArray([.. own.Select(id => (JsonNode)id)])))[0]);
    }

    [Fact]
    public async Task Questions_and_passages_get_the_prompts_of_the_models_own_files()
    {
        foreach (var (kind, prompt) in new[] { ("query", "ask "), ("passage", "tell "), ("search_document", "tell "), ("clustering", "") })
            Near(await shared.ExpectedAsync(prompt + "why"),
                EmbeddingServer.Vectors(await shared.EmbedAsync("why", new() { ["input_type"] = kind }))[0]);
        Near(await shared.ExpectedAsync("why"), EmbeddingServer.Vectors(await shared.EmbedAsync("why"))[0]);
    }

    [Fact]
    public async Task A_text_that_is_too_long_is_refused_or_cut_where_that_is_asked_for()
    {
        var letters = new string('a', 50);
        var error = await RunningServer.ErrorAsync(await shared.PostAsync(new JsonArray("short", letters)));
        Assert.Equal(("input[1]", "context_length_exceeded"), ((string?)error["param"], (string?)error["code"]));
        Near(await shared.ExpectedAsync(letters[..(TinyEncoder.MaxTokens - 2)]),
            EmbeddingServer.Vectors(await shared.EmbedAsync(letters, new() { ["truncate_prompt_tokens"] = -1 }))[0]);
        Near(await shared.ExpectedAsync("aaa"),
            EmbeddingServer.Vectors(await shared.EmbedAsync(letters, new() { ["truncate_prompt_tokens"] = 5 }))[0]);
    }

    [Theory]
    [InlineData("""{"input": "a"}""", "model", "missing_required_parameter")]
    [InlineData("""{"model": "org/tiny-encoder"}""", "input", "missing_required_parameter")]
    [InlineData("""{"model": "org/tiny-encoder", "input": []}""", "input", "invalid_value")]
    [InlineData("""{"model": "org/tiny-encoder", "input": [[]]}""", "input", "invalid_value")]
    [InlineData("""{"model": "org/tiny-encoder", "input": {"a": 1}}""", "input", "invalid_type")]
    [InlineData("""{"model": "org/tiny-encoder", "input": ["a", 1]}""", "input[1]", "invalid_type")]
    [InlineData("""{"model": "org/tiny-encoder", "input": [100300]}""", "input[0]", "invalid_value")]
    [InlineData("""{"model": "org/tiny-encoder", "input": "a", "encoding_format": "int8"}""", "encoding_format", "invalid_value")]
    [InlineData("""{"model": "org/tiny-encoder", "input": "a", "dimensions": 0}""", "dimensions", "invalid_value")]
    [InlineData("""{"model": "org/tiny-encoder", "input": "a", "input_type": "poem"}""", "input_type", "invalid_value")]
    [InlineData("""{"model": "org/tiny-encoder", "input": "a", "truncate_prompt_tokens": 0}""", "truncate_prompt_tokens", "invalid_value")]
    [InlineData("""{"model": "org/tiny-encoder", "input": "a", "colour": "red"}""", "colour", "unknown_parameter")]
    public async Task What_cannot_be_done_is_refused_by_name(string body, string param, string code)
    {
        var http = await shared.Running.PostAsync("/v1/embeddings", body);
        Assert.Equal(HttpStatusCode.BadRequest, http.StatusCode);
        var error = await RunningServer.ErrorAsync(http);
        Assert.Equal((param, code), ((string?)error["param"], (string?)error["code"]));
    }

    [Fact]
    public async Task An_unknown_model_is_not_found_and_the_encoder_is_listed()
    {
        var http = await shared.PostAsync("a", new() { ["model"] = "text-embedding-3-small" });
        Assert.Equal(HttpStatusCode.NotFound, http.StatusCode);
        Assert.Contains(EmbeddingServer.Name, (string?)(await RunningServer.ErrorAsync(http))["message"], StringComparison.Ordinal);
        var stop = TestContext.Current.CancellationToken;
        Assert.Contains($"\"id\":\"{EmbeddingServer.Name}\"", await shared.Running.Http.GetStringAsync("/v1/models", stop),
            StringComparison.Ordinal);
        Assert.Contains(EmbeddingServer.Name, await shared.Running.Http.GetStringAsync("/v1/models/org%2Ftiny-encoder", stop),
            StringComparison.Ordinal);
    }

    static void Near(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }
}

// Passages ordered by a question: by the cross-encoder as the plain network scores, by vectors, in vLLM's shape and in Cohere's.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Inference;
using Majlis.tests.Server.Embeddings;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Rerank;

public sealed class RerankTests(RerankServer shared) : IClassFixture<RerankServer>
{
    // The cpu backend uses 14 bits of a weight and of a state.
    const double Rounding = 2e-4;

    static readonly string[] documents = ["red sky", "a", "blue sea at night", "zz"];

    [Fact]
    public async Task The_cross_encoder_scores_as_the_plain_network_and_the_best_come_first()
    {
        var reply = await PostAsync("/v1/rerank", Body(RerankServer.Cross));
        Assert.Equal(RerankServer.Cross, (string)reply["model"]!);
        Assert.StartsWith("rerank-", (string)reply["id"]!, StringComparison.Ordinal);
        Assert.True((int)reply["usage"]!["total_tokens"]! > 0);
        var results = reply["results"]!.AsArray();
        Assert.Equal(results.Select(Score).OrderDescending(), results.Select(Score));
        Assert.Equal(Enumerable.Range(0, 4), results.Select(result => (int)result!["index"]!).Order());
        foreach (var result in results)
        {
            var document = documents[(int)result!["index"]!];
            Assert.Equal(document, (string)result["document"]!["text"]!);
            Assert.Equal(shared.Score("the sky", document), Score(result), Rounding);
        }
    }

    [Fact]
    public async Task Without_a_name_the_cross_encoder_orders_and_top_n_keeps_the_best()
    {
        var all = (await PostAsync("/v1/rerank", Body(RerankServer.Cross)))["results"]!.AsArray();
        var body = Body(null);
        (body["top_n"], body["return_documents"]) = (2, false);
        var reply = await PostAsync("/rerank", body);
        Assert.Equal(RerankServer.Cross, (string)reply["model"]!);
        Assert.Equal(all.Take(2).Select(result => (int)result!["index"]!),
            reply["results"]!.AsArray().Select(result => (int)result!["index"]!));
        Assert.All(reply["results"]!.AsArray(), result => Assert.Null(result!["document"]));
    }

    [Fact]
    public async Task The_embedding_models_name_orders_by_cosines_of_its_vectors()
    {
        var reply = await PostAsync("/v1/rerank", Body(RerankServer.Vectors));
        Assert.Equal(RerankServer.Vectors, (string)reply["model"]!);
        var question = await VectorAsync("the sky", "query");
        foreach (var result in reply["results"]!.AsArray())
        {
            var passage = await VectorAsync(documents[(int)result!["index"]!], "document");
            Assert.Equal(question.Zip(passage, (x, y) => (double)x * y).Sum(), Score(result), Rounding);
        }
    }

    [Theory]
    [InlineData("a", HttpStatusCode.OK)]
    [InlineData("", HttpStatusCode.BadRequest)]
    public async Task The_served_model_orders_and_gives_its_weights_back(string document, HttpStatusCode expected)
    {
        await using var own = await ServedModel.StartAsync("cpu");
        foreach (var path in (string[])["/v1/rerank", "/v2/rerank"])
            Assert.Equal(expected, (await own.PostAsync(path, $$"""{"model":"current","query":"a","documents":["{{document}}"]}"""))
                .StatusCode);
        // A swap waits for what is leased.
        await own.Part<LiveModel>().Close().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Who_asks_for_an_unknown_model_is_told_all_that_order()
    {
        var http = await shared.Running.PostAsync("/v1/rerank", Body("nothing-here").ToJsonString());
        var message = (string)(await RunningServer.ErrorAsync(http))["message"]!;
        foreach (var name in (string[])[RerankServer.Cross, RerankServer.Vectors, "current"])
            Assert.Contains($"'{name}'", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_document_is_refused_or_cut_as_the_client_says_and_cut_for_Cohere()
    {
        var body = Body(RerankServer.Cross);
        var lengthy = new string('a', 60);
        body["documents"]!.AsArray().Add(lengthy);
        var http = await shared.Running.PostAsync("/v1/rerank", body.ToJsonString());
        var error = await RunningServer.ErrorAsync(http);
        Assert.Equal(("documents[4]", "context_length_exceeded"), ((string?)error["param"], (string?)error["code"]));
        body["truncate_prompt_tokens"] = -1;
        Assert.Equal(5, (await PostAsync("/v1/rerank", body))["results"]!.AsArray().Count);
        body.Remove("truncate_prompt_tokens");
        body["max_tokens_per_doc"] = 3;
        var cut = (await PostAsync("/v2/rerank", body))["results"]!.AsArray().Single(result => (int)result!["index"]! == 4);
        Assert.Equal(shared.Score("the sky", "aaa"), Score(cut), Rounding);
    }

    [Fact]
    public async Task Cohere_gets_its_own_shapes_of_replies_and_errors()
    {
        var body = Body(RerankServer.Cross);
        body["documents"] = new JsonArray([.. documents.Select(text => (JsonNode)text)]);
        var reply = await PostAsync("/v2/rerank", body);
        Assert.Equal("2", (string)reply["meta"]!["api_version"]!["version"]!);
        Assert.Equal(1, (int)reply["meta"]!["billed_units"]!["search_units"]!);
        body.Remove("query");
        var http = await shared.Running.PostAsync("/v2/rerank", body.ToJsonString());
        Assert.Equal(HttpStatusCode.BadRequest, http.StatusCode);
        Assert.Contains("query", (string)(await RunningServer.JsonAsync(http))["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Coheres_embeddings_come_in_the_forms_that_were_asked_for()
    {
        var reply = await PostAsync("/v2/embed", new()
        {
            ["model"] = RerankServer.Vectors,
            ["texts"] = new JsonArray("why", "how"),
            ["input_type"] = "search_query",
            ["embedding_types"] = new JsonArray("float", "int8", "ubinary", "binary", "uint8", "base64"),
        });
        var expected = await VectorAsync("how", "query");
        var forms = reply["embeddings"]!;
        Assert.Equal(expected, forms["float"]![1]!.AsArray().Select(number => (float)number!));
        var largest = expected.Max(Math.Abs);
        Assert.Equal(expected.Select(value => (int)MathF.Round(value / largest * 127)),
            forms["int8"]![1]!.AsArray().Select(number => (int)number!));
        Assert.Equal(2, forms["ubinary"]![1]!.AsArray().Count);
        Assert.Equal(expected[0] > 0, (int)forms["ubinary"]![1]![0]! >= 128);
        Assert.Equal((int)forms["ubinary"]![1]![0]! - 128, (int)forms["binary"]![1]![0]!);
        Assert.Equal(["why", "how"], reply["texts"]!.AsArray().Select(text => (string)text!));
        Assert.Equal("embeddings_by_type", (string)reply["response_type"]!);
        Assert.True((int)reply["meta"]!["billed_units"]!["input_tokens"]! > 0);
    }

    [Theory]
    [InlineData("/v1/rerank", """{"documents": ["a"]}""", "query")]
    [InlineData("/v1/rerank", """{"query": "a"}""", "documents")]
    [InlineData("/v1/rerank", """{"query": "a", "documents": []}""", "documents")]
    [InlineData("/v1/rerank", """{"query": "a", "documents": [1]}""", "documents[0]")]
    [InlineData("/v1/rerank", """{"query": "a", "documents": ["b"], "top_n": 0}""", "top_n")]
    [InlineData("/v1/rerank", """{"query": "a", "documents": ["b"], "model": "nothing-here"}""", "model")]
    [InlineData("/v1/rerank", """{"query": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "documents": ["b"]}""", "query")]
    public async Task What_cannot_be_done_is_refused_by_name(string path, string body, string param) =>
        Assert.Equal(param, (string?)(await RunningServer.ErrorAsync(await shared.Running.PostAsync(path, body)))["param"]);

    async Task<JsonObject> PostAsync(string path, JsonObject body)
    {
        var http = await shared.Running.PostAsync(path, body.ToJsonString());
        Assert.True(http.StatusCode == HttpStatusCode.OK, await http.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await RunningServer.JsonAsync(http);
    }

    async Task<float[]> VectorAsync(string text, string kind)
    {
        var reply = await PostAsync("/v1/embeddings", new()
        {
            ["model"] = RerankServer.Vectors,
            ["input"] = text,
            ["input_type"] = kind,
        });
        return [.. reply["data"]![0]!["embedding"]!.AsArray().Select(number => (float)number!)];
    }

    static double Score(JsonNode? result) => (double)result!["relevance_score"]!;

    static JsonObject Body(string? model) => new()
    {
        ["model"] = model,
        ["query"] = "the sky",
        ["documents"] = new JsonArray(documents[0], documents[1], new JsonObject { ["text"] = documents[2] }, documents[3]),
    };
}

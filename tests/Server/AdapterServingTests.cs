// Adapters behind the real server: asked for as BASE:NAME at every endpoint that takes a model, listed, kept over a swap that they fit.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Model.Catalog;
using Majlis.Server;
using Majlis.Server.Models;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server;

public sealed class AdapterServingTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("cpu")]
    [InlineData("torch")]
    public async Task Each_request_is_answered_with_the_adapter_that_it_names(string backend)
    {
        await using var server = await StartAsync(backend);
        string[] names = ["current", "current:one", "base:two"];
        var alone = new List<string>();
        foreach (var name in names) alone.Add(Said(await AskAsync(server, name)));
        Assert.Equal(3, alone.Distinct().Count());
        var together = await Task.WhenAll(names.Concat(names).Select(name => AskAsync(server, name)));
        Assert.Equal(alone.Concat(alone), together.Select(Said));
        Assert.Equal(["base", "base:one", "base:two"], together.Take(3).Select(reply => (string)reply["model"]!));
        Assert.Equal(3, together.Select(reply => (string)reply["system_fingerprint"]!).Distinct().Count());
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"current:one","messages":[{"role":"user","content":"hello"}],"max_tokens":2}""")]
    [InlineData("/v1/completions", """{"model":"current:one","prompt":"hello","max_tokens":2}""")]
    [InlineData("/v1/responses", """{"model":"current:one","input":"hello","max_output_tokens":2,"store":false}""")]
    [InlineData("/v1/messages", """{"model":"current:one","messages":[{"role":"user","content":"hello"}],"max_tokens":2}""")]
    [InlineData("/v1/embeddings", """{"model":"current:one","input":"hello"}""")]
    public async Task Endpoints_that_take_a_model_take_an_adapter_and_refuse_one_they_do_not_know(string path, string body)
    {
        await using var server = await StartAsync();
        var reply = await server.PostAsync(path, body);
        Assert.Equal("base:one", (string?)(await RunningServer.JsonAsync(reply))["model"]);
        var unknown = await server.PostAsync(path, body.Replace("current:one", "current:three", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Cohere_and_the_tokenizer_take_an_adapter()
    {
        await using var server = await StartAsync();
        foreach (var (path, body) in new[]
        {
            ("/v2/chat", """{"model":"current:one","messages":[{"role":"user","content":"hello"}],"max_tokens":2}"""),
            ("/v2/embed", """{"model":"current:one","texts":["hello"],"input_type":"search_query"}"""),
            ("/tokenize", """{"model":"current:one","prompt":"hello"}"""),
        })
        {
            var reply = await server.PostAsync(path, body);
            Assert.True(reply.IsSuccessStatusCode, path);
            var unknown = await server.PostAsync(path, body.Replace("current:one", "current:three", StringComparison.Ordinal));
            Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        }
    }

    [Fact]
    public async Task A_vote_tells_of_the_adapter_that_answered()
    {
        await using var server = await StartAsync(redis: null);
        var body = JsonNode.Parse("""{"model":"current:one","messages":[{"role":"user","content":"hello"}],"max_tokens":2}""")!;
        var events = await RunningServer.EventsAsync(await server.StreamAsync("/v1/arena/battles", body.AsObject()));
        var battle = (string)JsonNode.Parse(events[0])!["id"]!;
        var vote = await RunningServer.JsonAsync(await server.PostAsync($"/v1/arena/battles/{battle}/vote", """{"verdict":"a"}"""));
        Assert.Equal(["base:one", "base:one"], new[] { "a", "b" }.Select(side => (string)vote["sides"]![side]!["model"]!));
        var exported = JsonNode.Parse(await server.Http.GetStringAsync(
            new Uri("/v1/preferences?format=battles", UriKind.Relative), TestContext.Current.CancellationToken))!;
        Assert.Equal("base:one", (string?)exported["battle"]!["a"]!["adapter"]);
    }

    [Fact]
    public async Task An_unknown_adapter_is_refused_with_the_names_that_there_are()
    {
        await using var server = await StartAsync();
        var refused = await server.ChatAsync(new() { ["model"] = "current:three" });
        var error = await RunningServer.ErrorAsync(refused);
        Assert.Equal((HttpStatusCode.NotFound, "model_not_found", "model"),
            (refused.StatusCode, (string)error["code"]!, (string)error["param"]!));
        Assert.Contains("'current:one', 'current:two'", (string)error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Adapters_are_listed_with_where_they_come_from_and_what_they_are_served_on()
    {
        await using var server = await StartAsync();
        var list = await server.GetAsync("/v1/models");
        Assert.Equal(["current", "base", "current:one", "current:two"], list["data"]!.AsArray().Select(card => (string)card!["id"]!));
        var card = await server.GetAsync("/v1/models/base:one");
        Assert.Equal(("base:one", "base", folder.File("one")), ((string)card["id"]!, (string)card["parent"]!, (string)card["root"]!));
        Assert.True((bool)card["loaded"]!);
    }

    [Fact]
    public async Task A_swap_keeps_adapters_that_fit_and_tells_of_others()
    {
        await using var server = await StartAsync();
        var catalog = new ModelCatalog(folder.File("catalog"), TimeProvider.System);
        Promote(catalog, "v1", Base("same"));
        server.Part<ModelWatcher>().Look();
        var kept = await AskAsync(server, "current:one");
        Assert.Equal("v1:one", (string)kept["model"]!);
        Promote(catalog, "v2", Shared.Require(Shared.Starter));
        await Eventually.HoldsAsync("the larger model is served", async () =>
        {
            server.Part<ModelWatcher>().Look();
            return (string)(await AskAsync(server, "current"))["model"]! == "v2";
        });
        var refused = await server.ChatAsync(new() { ["model"] = "current:one" });
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        var error = await RunningServer.ErrorAsync(refused);
        Assert.Equal("model_not_found", (string)error["code"]!);
        Assert.Contains("lora_A", (string)error["message"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one", "'one' is not NAME=FOLDER")]
    [InlineData("a:b=FOLDER", "'a:b' is no name")]
    [InlineData("one=/nowhere", "no adapter_config.json in '/nowhere'")]
    public void An_adapter_that_cannot_be_is_refused_at_the_start(string option, string expected) =>
        Assert.Contains(expected, string.Join('\n', new ServerOptions { Adapters = [option] }.Problems()), StringComparison.Ordinal);

    async Task<RunningServer> StartAsync(string backend = "cpu", string? redis = RunningServer.NoRedis)
    {
        var model = Base("base");
        string[] adapters = [.. new[] { ("one", 0.5f), ("two", -0.9f) }.Select(each =>
            $"{each.Item1}={AdapterFolder.Write(folder.File(each.Item1), model, each.Item2)}")];
        var options = new ServerOptions { Backend = backend, Adapters = [.. adapters] };
        Assert.DoesNotContain(options.Problems(), problem => problem.StartsWith("--adapter", StringComparison.Ordinal));
        var parts = ServerParts.Of(options);
        return await RunningServer.StartAsync(parts.Open(model, "base", parts.Engine),
            given => given with { Adapters = options.Adapters, Catalog = folder.File("catalog"), Redis = redis },
            given => given with { Open = parts.Open });
    }

    string Base(string name)
    {
        var path = Directory.CreateDirectory(folder.File(name)).FullName;
        TinyStarter.Write(path);
        return path;
    }

    static void Promote(ModelCatalog catalog, string version, string model)
    {
        var draft = catalog.Begin(version);
        foreach (var file in Directory.EnumerateFiles(model))
            File.Copy(file, Path.Combine(draft.ServeFolder, Path.GetFileName(file)));
        draft.Commit(new Manifest { Id = version });
        var state = catalog.State();
        Assert.True(catalog.TrySwap(state, state.Promote(version), Moves.Promote));
    }

    static async Task<JsonObject> AskAsync(RunningServer server, string model) =>
        await RunningServer.JsonAsync(await server.ChatAsync(new()
        {
            ["model"] = model,
            ["max_tokens"] = 12,
            ["ignore_eos"] = true,
            ["temperature"] = 1,
            ["seed"] = 5,
            ["logprobs"] = true,
            // LibTorch's rounding depends on the batch otherwise.
            ["deterministic"] = true,
        }));

    // The texts of so small a network are often the same; their log-probabilities are not.
    static string Said(JsonObject reply) => reply["choices"]![0]!["logprobs"]!.ToJsonString();
}

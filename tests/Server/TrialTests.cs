// Trials: a share of the conversations is answered by a version's adapters on the weights that are served, each conversation always by the
// same; what begins and ends one, and what is refused.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Model.Catalog;
using Majlis.Server;
using Majlis.Server.Models;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server;

public sealed class TrialTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    ModelCatalog Catalog => new(folder.File("catalog"), TimeProvider.System);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_share_of_the_conversations_tries_the_version_and_each_stays_with_its_own()
    {
        await using var server = await StartAsync();
        await MoveAsync(server, HttpMethod.Post, "v2", """{"share":0.5,"reason":"is it better?"}""");
        var first = await AskManyAsync(server);
        Assert.InRange(first.Count(version => version == "v2"), 5, 25);
        Assert.Equal(first, await AskManyAsync(server, further: true));
        var named = await AskAsync(server, "question 1", "v1");
        Assert.Equal("v1", (string)named["model"]!);

        await MoveAsync(server, HttpMethod.Delete, "v2", "{}");
        Assert.All(await AskManyAsync(server), version => Assert.Equal("v1", version));
        var audit = (await server.GetAsync("/v1/catalog/audit?limit=2"))["data"]!.AsArray();
        Assert.Equal(["end_trial v2> ", "trial >v2 0.5"],
            audit.Select(move => $"{move!["action"]} {move["from"]}>{move["to"]} {move["share"]}"));
    }

    [Fact]
    public async Task A_user_that_the_client_names_stays_with_one_version_in_all_conversations()
    {
        await using var server = await StartAsync();
        await MoveAsync(server, HttpMethod.Post, "v2", """{"share":0.5}""");
        foreach (var user in new[] { "a", "b", "c", "d", "e" })
        {
            var versions = new List<string>();
            for (var question = 0; question < 3; question++)
                versions.Add((string)(await AskAsync(server, $"question {question}", "current", user))["model"]!);
            Assert.Single(versions.Distinct());
        }
    }

    [Fact]
    public async Task Completions_are_tried_as_chats_are_and_a_user_stays_with_one_version_in_both()
    {
        await using var server = await StartAsync();
        await MoveAsync(server, HttpMethod.Post, "v2", """{"share":0.5}""");
        var prompts = Enumerable.Range(0, 30).Select(number => $"text {number}").ToList();
        var first = await Task.WhenAll(prompts.Select(prompt => CompletedByAsync(server, prompt)));
        Assert.InRange(first.Count(version => version == "v2"), 5, 25);
        Assert.Equal(first, await Task.WhenAll(prompts.Select(prompt => CompletedByAsync(server, prompt))));
        foreach (var user in new[] { "a", "b", "c", "d", "e" })
            Assert.Equal((string)(await AskAsync(server, "hello", "current", user))["model"]!,
                await CompletedByAsync(server, "text", user));
    }

    [Fact]
    public async Task The_tried_version_answers_by_its_name_with_its_own_hash_and_unlike_the_current_one()
    {
        await using var server = await StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await server.ChatAsync(new() { ["model"] = "v2" })).StatusCode);
        await MoveAsync(server, HttpMethod.Post, "v2", """{"share":0.01}""");
        var (tried, current) = (await AskAsync(server, "hello", "v2"), await AskAsync(server, "hello", "v1"));
        Assert.Equal(("v2", Catalog.Read("v2").WeightsHash), ((string)tried["model"]!, (string)tried["system_fingerprint"]!));
        Assert.NotEqual(Said(tried), Said(current));
        Assert.True((bool)(await server.GetAsync("/v1/models/v2"))["loaded"]!);
        var card = (await server.GetAsync("/v1/catalog/versions"))["data"]![0]!;
        Assert.Equal(("candidate", 0.01), ((string)card["state"]!, (double)card["share"]!));
        Assert.Equal(["ar 0.25", "en 0.75"], card["adapters"]!.AsArray().Select(adapter => $"{adapter!["name"]} {adapter["weight"]}"));
    }

    [Fact]
    public async Task An_expert_of_a_version_is_served_by_its_name_and_loaded_when_it_is_first_asked_for()
    {
        await using var server = await StartAsync();
        Assert.Equal(["current", "v1", "current:v2/ar", "current:v2/en", "plain", "v2"],
            (await server.GetAsync("/v1/models"))["data"]!.AsArray().Select(card => (string)card!["id"]!).Order(StringComparer.Ordinal)
                .OrderBy(id => id is "current" ? 0 : id is "v1" ? 1 : 2));
        var (arabic, english) = (await AskAsync(server, "hello", "current:v2/ar"), await AskAsync(server, "hello", "v1:v2/en"));
        Assert.Equal(("v1:v2/ar", "v1:v2/en"), ((string)arabic["model"]!, (string)english["model"]!));
        Assert.NotEqual(Said(arabic), Said(english));
        Assert.Equal("v1", (string)(await server.GetAsync("/v1/models/current:v2%2Far"))["parent"]!);
        Assert.Equal(HttpStatusCode.NotFound, (await server.ChatAsync(new() { ["model"] = "current:v2/fr" })).StatusCode);
    }

    [Theory]
    [InlineData("POST", "v9", """{"share":0.1}""", HttpStatusCode.NotFound, "version_not_found")]
    [InlineData("POST", "v1", """{"share":0.1}""", HttpStatusCode.Conflict, "trial_impossible")]
    [InlineData("POST", "plain", """{"share":0.1}""", HttpStatusCode.Conflict, "trial_impossible")]
    [InlineData("POST", "v2", """{"share":0}""", HttpStatusCode.BadRequest, "invalid_value")]
    [InlineData("POST", "v2", """{"share":1.5}""", HttpStatusCode.BadRequest, "invalid_value")]
    [InlineData("POST", "v2", "{}", HttpStatusCode.BadRequest, "missing_required_parameter")]
    [InlineData("POST", "v2", """{"share":0.1,"generation":7}""", HttpStatusCode.Conflict, "pointer_moved")]
    [InlineData("POST", "v2", """{"share":0.1,"part":7}""", HttpStatusCode.BadRequest, "unknown_parameter")]
    [InlineData("DELETE", "v2", "{}", HttpStatusCode.Conflict, "no_trial")]
    public async Task A_trial_that_cannot_be_is_refused_and_changes_nothing(
        string method, string version, string body, HttpStatusCode status, string code)
    {
        await using var server = await StartAsync();
        var before = Catalog.State();
        var reply = await SendAsync(server, new(method), version, body);
        Assert.Equal((status, code), (reply.StatusCode, (string)(await RunningServer.ErrorAsync(reply))["code"]!));
        Assert.Equal(before, Catalog.State());
    }

    [Fact]
    public async Task Adapters_that_were_trained_on_other_weights_or_are_damaged_are_refused_with_the_reason()
    {
        await using var server = await StartAsync();
        Keep("v3", "v2", 1);
        var other = await RunningServer.ErrorAsync(await SendAsync(server, HttpMethod.Post, "v3", """{"share":0.1}"""));
        Assert.Equal("The adapters of 'v3' were trained on 'v2', and 'v1' is served.", (string)other["message"]!);
        var expert = await RunningServer.ErrorAsync(await server.ChatAsync(new() { ["model"] = "current:v3/ar" }));
        Assert.Contains("trained on 'v2'", (string)expert["message"]!, StringComparison.Ordinal);
        await File.AppendAllTextAsync(Path.Combine(Catalog.AdapterPath("v2", "ar"), "adapter_config.json"), " ",
            TestContext.Current.CancellationToken);
        var damaged = await RunningServer.ErrorAsync(await SendAsync(server, HttpMethod.Post, "v2", """{"share":0.1}"""));
        Assert.Equal("catalog_damaged", (string)damaged["code"]!);
    }

    async Task<RunningServer> StartAsync()
    {
        Keep("v1", null);
        Keep("plain", "v1");
        Keep("v2", "v1", 0.25, 0.75);
        var state = Catalog.State();
        Assert.True(Catalog.TrySwap(state, state.Promote("v1"), Moves.Promote));
        var parts = ServerParts.Of(new ServerOptions { Backend = "cpu" });
        return await RunningServer.StartAsync(parts.Open(Catalog.ServePath("v1"), "v1", parts.Engine),
            options => options with { Catalog = folder.File("catalog"), Redis = null }, given => given with { Open = parts.Open });
    }

    /// <summary>Commits a version with an adapter for each weight.</summary>
    void Keep(string version, string? parent, params double[] weights)
    {
        var draft = Catalog.Begin(version);
        TinyStarter.Write(draft.ServeFolder);
        var adapters = new[] { "ar", "en" }.Zip(weights, (name, weight) => new WeightedAdapter(name, weight)).ToArray();
        foreach (var (name, weight) in adapters) AdapterFolder.Write(draft.AdapterFolder(name), draft.ServeFolder, (float)weight);
        draft.Commit(new Manifest { Id = version, Parents = parent is null ? [] : [parent], Adapters = adapters });
    }

    static async Task MoveAsync(RunningServer server, HttpMethod method, string version, string body)
    {
        var reply = await SendAsync(server, method, version, body);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        server.Part<ModelWatcher>().Look();
    }

    static Task<HttpResponseMessage> SendAsync(RunningServer server, HttpMethod method, string version, string body) =>
        server.Http.SendAsync(new HttpRequestMessage(method, $"/v1/catalog/versions/{version}/trial")
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        }, TestContext.Current.CancellationToken);

    /// <summary>The versions that answer thirty conversations, or their second turns.</summary>
    static async Task<string[]> AskManyAsync(RunningServer server, bool further = false)
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 30).Select(number => AskAsync(server, $"question {number}", "current",
            further: further)));
        return [.. replies.Select(reply => (string)reply["model"]!)];
    }

    static async Task<JsonObject> AskAsync(RunningServer server, string question, string model, string? user = null, bool further = false)
    {
        var messages = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = question });
        if (further)
        {
            messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = "An answer." });
            messages.Add(new JsonObject { ["role"] = "user", ["content"] = "And then?" });
        }
        return await RunningServer.JsonAsync(await server.ChatAsync(new()
        {
            ["model"] = model,
            ["messages"] = messages,
            ["user"] = user,
            ["max_tokens"] = 8,
            ["ignore_eos"] = true,
            ["temperature"] = 1,
            ["seed"] = 5,
            ["logprobs"] = true,
        }));
    }

    static async Task<string> CompletedByAsync(RunningServer server, string prompt, string? user = null)
    {
        var body = new JsonObject { ["model"] = "current", ["prompt"] = prompt, ["user"] = user, ["max_tokens"] = 1 };
        return (string)(await RunningServer.JsonAsync(await server.PostAsync("/v1/completions", body.ToJsonString())))["model"]!;
    }

    // The texts of so small a network are often the same; their log-probabilities are not.
    static string Said(JsonObject reply) => reply["choices"]![0]!["logprobs"]!.ToJsonString();
}

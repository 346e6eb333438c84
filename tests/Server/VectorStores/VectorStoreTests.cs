// Vector stores: files become passages with vectors, are searched by words and meaning, filtered by attributes, taken out again.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Server.Models;
using Majlis.tests.Server.Files;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.VectorStores;

public sealed class VectorStoreTests : IAsyncLifetime
{
    readonly string data = Directory.CreateTempSubdirectory("majlis-stores-").FullName;
    RunningServer server = null!;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await StartAsync(withEncoder: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_passage_that_a_question_is_about_comes_first_with_its_file(bool withEncoder)
    {
        if (!withEncoder) await ReplaceAsync(withEncoder);
        var store = await AddAsync(("sea.txt", "The blue sea is deep.", null), ("sky.txt", "The red sky burns.", null));
        Assert.Equal(("vector_store", 2), ((string)store["object"]!, (int)store["file_counts"]!["completed"]!));
        Assert.True((int)store["usage_bytes"]! > 0);
        var found = await SearchAsync(store, new() { ["query"] = "how deep is the sea" });
        Assert.Equal("vector_store.search_results.page", (string)found["object"]!);
        Assert.False((bool)found["has_more"]!);
        var best = found["data"]![0]!;
        Assert.Equal(("sea.txt", "The blue sea is deep."), ((string)best["filename"]!, (string)best["content"]![0]!["text"]!));
        Assert.InRange((double)best["score"]!, 0.1, 1.0001);
        var bounded = await SearchAsync(store, new()
        {
            ["query"] = new JsonArray("sea", "sky"),
            ["max_num_results"] = 1,
            ["ranking_options"] = new JsonObject { ["ranker"] = "auto", ["score_threshold"] = 0.01 },
            ["rewrite_query"] = true,
        });
        Assert.Single(bounded["data"]!.AsArray());
    }

    [Fact]
    public async Task Filters_look_at_the_attributes_of_files()
    {
        var store = await AddAsync(("old.txt", "A sea of old.", new() { ["year"] = 1990, ["lang"] = "ar" }),
            ("new.txt", "A sea of new.", new() { ["year"] = 2010, ["lang"] = "en" }));
        Assert.Equal("new.txt", await NamesAsync("""{"type": "gte", "key": "year", "value": 2000}"""));
        const string arabic = """{"type": "eq", "key": "lang", "value": "ar"}""", old = """{"type": "lt", "key": "year", "value": 2000}""";
        Assert.Equal("old.txt", await NamesAsync($$"""{"type": "and", "filters": [{{arabic}}, {{old}}]}"""));
        const string listed = """{"type": "in", "key": "lang", "value": ["ar", "fr"]}""",
            other = """{"type": "ne", "key": "lang", "value": "ar"}""";
        Assert.Equal("new.txt, old.txt", await NamesAsync($$"""{"type": "or", "filters": [{{listed}}, {{other}}]}"""));
        Assert.Empty(await NamesAsync("""{"type": "eq", "key": "absent", "value": true}"""));
        var file = (string)(await ShowAsync($"{Path(store)}/files"))["data"]!.AsArray()
            .Single(item => (string)item!["attributes"]!["lang"]! == "ar")!["id"]!;
        await PostAsync($"{Path(store)}/files/{file}", new() { ["attributes"] = new JsonObject { ["lang"] = "fr" } });
        Assert.Equal("old.txt", await NamesAsync("""{"type": "eq", "key": "lang", "value": "fr"}"""));

        async Task<string> NamesAsync(string filter) => string.Join(", ", (await SearchAsync(store,
            new() { ["query"] = "sea", ["filters"] = JsonNode.Parse(filter) }))["data"]!.AsArray()
            .Select(hit => (string)hit!["filename"]!).Order());
    }

    [Fact]
    public async Task Null_clears_attributes_and_a_body_without_them_is_refused()
    {
        var store = await AddAsync(("a.txt", "A sea.", new() { ["lang"] = "ar" }));
        var file = $"{Path(store)}/files/{(await ShowAsync($"{Path(store)}/files"))["data"]![0]!["id"]}";
        Assert.Empty((await PostAsync(file, new() { ["attributes"] = null }))["attributes"]!.AsObject());
        Assert.Equal(HttpStatusCode.BadRequest, (await server.PostAsync(file, "{}")).StatusCode);
    }

    [Theory]
    [InlineData("""{"files":[{"file_id":"file-x"}],"file_ids":["file-y"]}""", "file_ids")]
    [InlineData("""{"files":[{"file_id":"file-x"}],"attributes":{"a":1}}""", "attributes")]
    public async Task Files_with_their_own_attributes_and_those_for_all_exclude_each_other(string body, string param)
    {
        var store = await PostAsync("/v1/vector_stores", []);
        var reply = await server.PostAsync($"{Path(store)}/file_batches", body);
        Assert.Equal((HttpStatusCode.BadRequest, param), (reply.StatusCode, (string?)(await RunningServer.ErrorAsync(reply))["param"]));
    }

    [Fact]
    public async Task A_long_file_is_cut_into_passages_and_its_content_can_be_read()
    {
        var words = string.Join(' ', Enumerable.Range(0, 60).Select(i => new string((char)('a' + i % 26), 5)));
        var store = await AddAsync(("long.txt", words, null));
        var file = (string)(await ShowAsync($"{Path(store)}/files"))["data"]![0]!["id"]!;
        var parts = (await ShowAsync($"{Path(store)}/files/{file}/content"))["data"]!.AsArray()
            .Select(part => (string)part!["text"]!).ToList();
        Assert.True(parts.Count > 5);
        Assert.All(parts, part => Assert.Contains(part, words, StringComparison.Ordinal));
        Assert.True(words.StartsWith(parts[0], StringComparison.Ordinal) && words.EndsWith(parts[^1], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Files_come_in_batches_fail_alone_and_go_again_and_all_survives_a_restart()
    {
        var store = await AddAsync();
        var good = (string)(await Forms.KeepAsync(server, "A calm sea.", "good.txt", "assistants"))["id"]!;
        var bytes = new MultipartFormDataContent
        {
            { new StringContent("assistants"), "purpose" },
            { new ByteArrayContent([0xFF, 0xFE, 0x00]), "file", "bad.bin" },
        };
        var bad = (string)(await RunningServer.JsonAsync(await Forms.PostAsync(server, "/v1/files", bytes)))["id"]!;
        var batch = await PostAsync($"{Path(store)}/file_batches", new() { ["file_ids"] = new JsonArray(good, bad) });
        Assert.Equal("vector_store.files_batch", (string)batch["object"]!);
        var path = $"{Path(store)}/file_batches/{batch["id"]}";
        await Eventually.HoldsAsync("the batch is read", async () => (string)(await ShowAsync(path))["status"]! == "completed");
        var counts = (await ShowAsync(path))["file_counts"]!;
        Assert.Equal((1, 1), ((int)counts["completed"]!, (int)counts["failed"]!));
        Assert.Equal("unsupported_file", (string)(await ShowAsync($"{Path(store)}/files/{bad}"))["last_error"]!["code"]!);
        Assert.Equal(2, (await ShowAsync(path + "/files"))["data"]!.AsArray().Count);
        Assert.Single((await ShowAsync($"{Path(store)}/files?filter=completed"))["data"]!.AsArray());
        await ReplaceAsync(withEncoder: true);
        Assert.Single((await SearchAsync(store, new() { ["query"] = "calm sea" }))["data"]!.AsArray());
        await server.Http.DeleteAsync($"{Path(store)}/files/{good}", Stop);
        Assert.Empty((await SearchAsync(store, new() { ["query"] = "calm sea" }))["data"]!.AsArray());
        Assert.True((bool)(await RunningServer.JsonAsync(await server.Http.DeleteAsync(Path(store), Stop)))["deleted"]!);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync(Path(store), Stop)).StatusCode);
        Assert.DoesNotContain(Directory.GetFiles(System.IO.Path.Combine(data, "vector_stores")),
            file => file.Contains(good, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_is_added_again_while_it_is_read_is_cut_as_was_asked_last()
    {
        // Without an encoder, whose passages would be shorter than both.
        await ReplaceAsync(withEncoder: false);
        var store = await AddAsync();
        var text = string.Concat(Enumerable.Repeat("A calm sea and a red sky. ", 10_000));
        var file = (string)(await Forms.KeepAsync(server, text, "long.txt", "assistants"))["id"]!;
        foreach (var size in (int[])[800, 100])
            await PostAsync($"{Path(store)}/files", new()
            {
                ["file_id"] = file,
                ["chunking_strategy"] = new JsonObject
                {
                    ["type"] = "static",
                    ["static"] = new JsonObject { ["max_chunk_size_tokens"] = size, ["chunk_overlap_tokens"] = 0 },
                },
            });
        await Eventually.HoldsAsync("the store is read", async () => (string)(await ShowAsync(Path(store)))["status"]! == "completed");
        var passages = (await ShowAsync($"{Path(store)}/files/{file}/content"))["data"]!.AsArray();
        Assert.All(passages, passage => Assert.InRange(((string)passage!["text"]!).Length, 1, 100));
    }

    [Fact]
    public async Task A_file_that_is_deleted_is_found_in_no_store()
    {
        var store = await AddAsync(("sea.txt", "The blue sea is deep.", null), ("sky.txt", "The red sky burns.", null));
        var sea = (string)(await SearchAsync(store, new() { ["query"] = "sea" }))["data"]![0]!["file_id"]!;
        await server.Http.DeleteAsync($"/v1/files/{sea}", Stop);
        Assert.Equal("sky.txt", Assert.Single((await SearchAsync(store, new() { ["query"] = "sea" }))["data"]!.AsArray())!["filename"]!
            .GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync($"{Path(store)}/files/{sea}/content", Stop)).StatusCode);
        Assert.DoesNotContain(Directory.GetFiles(System.IO.Path.Combine(data, "vector_stores")),
            file => file.Contains(sea, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_batch_of_files_that_is_read_cannot_be_cancelled_any_more()
    {
        var store = await AddAsync();
        var file = (string)(await Forms.KeepAsync(server, "A calm sea.", "good.txt", "assistants"))["id"]!;
        var batch = await PostAsync($"{Path(store)}/file_batches", new() { ["file_ids"] = new JsonArray(file) });
        var path = $"{Path(store)}/file_batches/{batch["id"]}";
        await Eventually.HoldsAsync("the batch is read", async () => (string)(await ShowAsync(path))["status"]! == "completed");
        Assert.Equal("completed", (string)(await PostAsync(path + "/cancel", []))["status"]!);
        Assert.Equal("completed", (string)(await ShowAsync(path))["status"]!);
    }

    [Fact]
    public async Task An_expiry_can_be_taken_off()
    {
        var store = await PostAsync("/v1/vector_stores",
            new() { ["expires_after"] = new JsonObject { ["anchor"] = "last_active_at", ["days"] = 7 } });
        Assert.NotNull(store["expires_at"]);
        Assert.Null((await PostAsync(Path(store), new() { ["expires_after"] = null }))["expires_at"]);
        Assert.Null((await ShowAsync(Path(store)))["expires_after"]);
    }

    [Fact]
    public async Task Vectors_of_another_encoder_are_made_anew()
    {
        var old = await AddAsync(("sea.txt", "The blue sea is deep.", null), ("sky.txt", "The red sky burns.", null));
        await server.DisposeAsync();
        server = await StartAsync(withEncoder: true, "other-encoder");
        var other = await AddAsync(("sea.txt", "The blue sea is deep.", null), ("sky.txt", "The red sky burns.", null));
        var expected = await ScoresAsync(other);
        await Eventually.HoldsAsync("the vectors are made anew", async () => (await ScoresAsync(old)).SequenceEqual(expected));

        async Task<double[]> ScoresAsync(JsonObject store) => [.. (await SearchAsync(store, new() { ["query"] = "how deep is the sea" }))
            ["data"]!.AsArray().Select(hit => (double)hit!["score"]!)];
    }

    [Fact]
    public async Task A_store_is_renamed_and_listed()
    {
        var store = await AddAsync();
        var changed = await PostAsync(Path(store), new() { ["name"] = "جديد", ["metadata"] = new JsonObject { ["k"] = "v" } });
        Assert.Equal(("جديد", "v"), ((string)changed["name"]!, (string)changed["metadata"]!["k"]!));
        var page = await ShowAsync("/v1/vector_stores?limit=1");
        Assert.Equal(((string)store["id"]!, false), ((string)page["data"]![0]!["id"]!, (bool)page["has_more"]!));
    }

    [Fact]
    public async Task Stores_and_their_files_can_be_read_backwards()
    {
        var store = await AddAsync(("a.txt", "A.", null), ("b.txt", "B.", null), ("c.txt", "C.", null), ("d.txt", "D.", null));
        for (var i = 0; i < 3; i++) await AddAsync();
        var batch = await PostAsync($"{Path(store)}/file_batches", new()
        {
            ["file_ids"] = new JsonArray([.. (await IdsAsync($"{Path(store)}/files?")).Ids.Select(id => JsonValue.Create(id))]),
        });
        foreach (var list in new[] { "/v1/vector_stores", $"{Path(store)}/files", $"{Path(store)}/file_batches/{batch["id"]}/files" })
        {
            var (all, _) = await IdsAsync($"{list}?");
            Assert.Equal(4, all.Length);
            Assert.Equivalent((all[1..3], true), await IdsAsync($"{list}?limit=2&before={all[3]}"), strict: true);
            Assert.Equivalent((all[..1], false), await IdsAsync($"{list}?limit=2&before={all[1]}"), strict: true);
            Assert.Equivalent((all[1..2], true), await IdsAsync($"{list}?limit=1&after={all[0]}&before={all[3]}"), strict: true);
            Assert.Equivalent((Array.Empty<string>(), false), await IdsAsync($"{list}?after={all[2]}&before={all[1]}"), strict: true);
            Assert.Equal("before", (string)(await RunningServer.ErrorAsync(
                await server.Http.GetAsync($"{list}?before=none", Stop)))["param"]!);
        }
        Assert.Equal("filter", (string)(await RunningServer.ErrorAsync(
            await server.Http.GetAsync($"{Path(store)}/files?filter=done", Stop)))["param"]!);

        async Task<(string[] Ids, bool HasMore)> IdsAsync(string path)
        {
            var page = await ShowAsync(path);
            return ([.. page["data"]!.AsArray().Select(item => (string)item!["id"]!)], (bool)page["has_more"]!);
        }
    }

    [Theory]
    [InlineData("", """{"file_ids": ["file-none"]}""", 404, "file_id")]
    [InlineData("", """{"expires_after": {"anchor": "last_active_at", "days": 0}}""", 400, "expires_after.days")]
    [InlineData("", """{"chunking_strategy": {"type": "static", "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 500}}}""",
        400, "chunking_strategy.static.chunk_overlap_tokens")]
    [InlineData("/files", """{}""", 400, "file_id")]
    [InlineData("/files", """{"file_id": "file-none"}""", 404, "file_id")]
    [InlineData("/search", """{}""", 400, "query")]
    [InlineData("/search", """{"query": "a", "filters": {"type": "like", "key": "a", "value": "b"}}""", 400, "filters.type")]
    [InlineData("/search", """{"query": "a", "filters": {"type": "gt", "key": "a", "value": true}}""", 400, "filters.value")]
    public async Task What_cannot_be_done_is_refused_by_name(string path, string body, int status, string param)
    {
        var store = await AddAsync();
        var http = await server.PostAsync(path.Length == 0 ? "/v1/vector_stores" : Path(store) + path, body);
        Assert.Equal(status, (int)http.StatusCode);
        Assert.Equal(param, (string?)(await RunningServer.ErrorAsync(http))["param"]);
    }

    async Task<JsonObject> AddAsync(params (string Name, string Text, JsonObject? Attributes)[] files)
    {
        var wishes = new JsonArray();
        foreach (var (name, text, attributes) in files)
            wishes.Add(new JsonObject
            {
                ["file_id"] = (string)(await Forms.KeepAsync(server, text, name, "assistants"))["id"]!,
                ["attributes"] = attributes?.DeepClone(),
            });
        var store = await PostAsync("/v1/vector_stores", new() { ["name"] = "tiny" });
        if (files.Length > 0) await PostAsync($"{Path(store)}/file_batches", new() { ["files"] = wishes });
        await Eventually.HoldsAsync("the store is read", async () => (string)(await ShowAsync(Path(store)))["status"]! == "completed");
        return await ShowAsync(Path(store));
    }

    static string Path(JsonObject store) => $"/v1/vector_stores/{store["id"]}";

    Task<JsonObject> SearchAsync(JsonObject store, JsonObject body) => PostAsync($"{Path(store)}/search", body);

    async Task<JsonObject> ShowAsync(string path) => await ReadAsync(await server.Http.GetAsync(path, Stop));

    async Task<JsonObject> PostAsync(string path, JsonObject body) => await ReadAsync(await server.PostAsync(path, body.ToJsonString()));

    static async Task<JsonObject> ReadAsync(HttpResponseMessage http)
    {
        Assert.True(http.StatusCode == HttpStatusCode.OK, await http.Content.ReadAsStringAsync(Stop));
        return await RunningServer.JsonAsync(http);
    }

    async Task<RunningServer> StartAsync(bool withEncoder, string name = "tiny-encoder") => await RunningServer.StartAsync(
        TinyModel.Of(new RecitingNetwork("Hello.")), options => options with { Data = data },
        encoders: withEncoder ? new(ModelOpener.Of(new()).OpenSentences(Encoder(name), name)) : null);

    /// <summary>Each name has weights of its own.</summary>
    string Encoder(string name)
    {
        var folder = TinyEncoder.Write(System.IO.Path.Combine(data, name));
        if (name == "tiny-encoder") return folder;
        var weights = System.IO.Path.Combine(folder, "model.safetensors");
        var bytes = File.ReadAllBytes(weights);
        // The sign of the last numbers.
        for (var at = bytes.Length - 1; at > bytes.Length - 2000; at -= 4) bytes[at] ^= 0x80;
        File.WriteAllBytes(weights, bytes);
        return folder;
    }

    async Task ReplaceAsync(bool withEncoder)
    {
        await server.DisposeAsync();
        server = await StartAsync(withEncoder);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        TemporaryFolder.Remove(data);
    }
}

// The objects that recorded requests name: those that earlier requests of the recording made, by their recorded ids, and where a request
// needs one that is gone or was of another use, one that is made for it.
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Majlis.tests.Server.Files;
using Majlis.tests.Server.FineTuning;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Clients;

sealed class ReplayObjects(RunningServer server)
{
    const string Jobs = "fine_tuning", Stores = "vector_stores";

    static readonly string[] ofJobs = ["training_file", "validation_file"];

    readonly Dictionary<(string Recorded, string Use), string> ours = [];

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The request with our ids.</summary>
    public async Task<RecordedRequest> OwnAsync(RecordedRequest request)
    {
        var parts = request.Path.Split('/');
        if (parts.Length < 3) return request;
        var act = parts[^1];
        if (parts.Length > 3 && parts[2] is "files" or "uploads" or "batches" or Stores)
            parts[3] = await FindAsync(parts[3], parts[2], act);
        if (parts.Length > 4 && parts[2] == Jobs) parts[4] = await FindAsync(parts[4], Jobs, act);
        if (parts.Length > 5 && parts[2] == Stores) parts[5] = await FindAsync(parts[5], $"{Stores}/{parts[3]}/{parts[4]}", act);
        if (parts.Length > 4 && parts[2] == "chat") parts[4] = await FindAsync(parts[4], "chat", act);
        if (parts.Length > 3 && parts[2] == "responses" && parts[3].StartsWith("resp", StringComparison.Ordinal))
            parts[3] = await FindAsync(parts[3], "responses", act);
        if (request.Body is JsonObject body) await OwnAsync(body, parts[2]);
        return request with { Path = string.Join('/', parts), Query = await QueryAsync(request.Query, parts[2]) };
    }

    /// <summary>Remembers what an accepted request made, or that it is gone.</summary>
    public void Learn(RecordedRequest request, string? recordedId, JsonObject reply)
    {
        var parts = request.Path.Split('/');
        if (request.Method == "DELETE")
        {
            foreach (var gone in ours.Where(known => known.Value == parts[^1]).ToList()) ours.Remove(gone.Key);
            return;
        }
        if (request.Method != "POST" || recordedId is null || (string?)reply["id"] is not { } id) return;
        var use = (parts[2], parts.Length) switch
        {
            ("files", 3) => $"files/{reply["purpose"]}",
            ("uploads", 3) => "uploads",
            ("uploads", 5) when parts[^1] == "parts" => "parts",
            ("batches", 3) => "batches",
            (Jobs, 4) => Jobs,
            (Stores, 3) => Stores,
            (Stores, 5) when parts[^1] != "search" => $"{Stores}/{parts[3]}/{parts[4]}",
            ("chat", 4) => "chat",
            ("responses", 3) => "responses",
            _ => null,
        };
        if (use is not null) ours[(recordedId, use)] = id;
    }

    async Task OwnAsync(JsonObject body, string at)
    {
        foreach (var field in ofJobs)
            if (at == Jobs && body[field] is { } file) body[field] = await FindAsync((string)file!, "files/fine-tune", "");
        if (body["input_file_id"] is { } input) body["input_file_id"] = await FindAsync((string)input!, "files/batch", "");
        if (body["file_id"] is { } one) body["file_id"] = await FindAsync((string)one!, "files/assistants", "");
        foreach (var (field, use) in new[] { ("file_ids", "files/assistants"), ("part_ids", "parts") })
            if (body[field] is JsonArray ids)
                for (var i = 0; i < ids.Count; i++) ids[i] = await FindAsync((string)ids[i]!, use, "");
        if (body["previous_response_id"] is { } previous)
            body["previous_response_id"] = await FindAsync((string)previous!, "responses", "");
    }

    async Task<string> QueryAsync(string query, string at)
    {
        const string after = "after=";
        var start = query.IndexOf(after, StringComparison.Ordinal);
        if (start < 0 || at is not ("files" or Jobs)) return query;
        var id = query[(start + after.Length)..].Split('&')[0];
        return query.Replace(after + id, after + await FindAsync(id, at == Jobs ? Jobs : "files/fine-tune", ""), StringComparison.Ordinal);
    }

    async Task<string> FindAsync(string recorded, string kind, string act)
    {
        var use = kind == "files" ? "files/assistants" : kind;
        // What is acted on must be in the state in which that can be done.
        var isFresh = act is "cancel" or "pause" or "resume" or "search";
        if (!isFresh && ours.TryGetValue((recorded, use), out var known)) return known;
        return ours[(recorded, use)] = await MakeAsync(use, act);
    }

    async Task<string> MakeAsync(string use, string act) => use.Split('/') switch
    {
        ["files", var purpose] => (string)(await Forms.KeepAsync(server, Text(purpose), "a.jsonl", purpose))["id"]!,
        ["uploads"] => await IdAsync("/v1/uploads",
            new() { ["bytes"] = 5, ["filename"] = "a.jsonl", ["mime_type"] = "application/jsonl", ["purpose"] = "fine-tune" }),
        ["batches"] => await IdAsync("/v1/batches", new()
        {
            ["input_file_id"] = await MakeAsync("files/batch", ""),
            ["endpoint"] = "/v1/chat/completions",
            ["completion_window"] = "24h",
        }),
        [Jobs] => await JobAsync(act),
        [Stores] => act == "search" ? await SearchedAsync() : await IdAsync("/v1/vector_stores", []),
        [Stores, var store, "files"] => await StoredAsync(store),
        [Stores, var store, "file_batches"] => await IdAsync($"/v1/vector_stores/{store}/file_batches",
            new() { ["file_ids"] = new JsonArray(await MakeAsync("files/assistants", "")) }),
        ["chat"] => await IdAsync("/v1/chat/completions",
            RunningServer.ChatBody(new() { ["store"] = true, ["metadata"] = new JsonObject { ["k"] = "v" } })),
        ["responses"] => await IdAsync("/v1/responses",
            new() { ["model"] = "current", ["input"] = "hello", ["background"] = act == "cancel", ["max_output_tokens"] = 16 }),
        _ => "none",
    };

    static string Text(string purpose) => purpose switch
    {
        "fine-tune" => TuningServer.Chats(20),
        "batch" => string.Join('\n', Enumerable.Range(1, 300).Select(n => new JsonObject
        {
            ["custom_id"] = $"{n}",
            ["method"] = "POST",
            ["url"] = "/v1/chat/completions",
            ["body"] = RunningServer.ChatBody(),
        }.ToJsonString())),
        _ => "The blue sea is deep.",
    };

    async Task<string> JobAsync(string act)
    {
        var id = await IdAsync(TuningServer.Jobs, new()
        {
            ["model"] = "current",
            ["training_file"] = await MakeAsync("files/fine-tune", ""),
            ["hyperparameters"] = new JsonObject { ["n_epochs"] = 50, ["batch_size"] = 1 },
        });
        if (act is not ("pause" or "resume")) return id;
        await Eventually.HoldsAsync("the job waits or is trained", async () =>
            await StatusAsync($"{TuningServer.Jobs}/{id}") is "queued" or "running");
        if (act == "resume") await server.PostAsync($"{TuningServer.Jobs}/{id}/pause", "");
        return id;
    }

    /// <summary>A store in which every recorded question finds something.</summary>
    async Task<string> SearchedAsync()
    {
        var store = await MakeAsync(Stores, "");
        const string text = "الفصل أ ب: ما عاصمة مصر؟ Answer in one word.";
        var file = (string)(await Forms.KeepAsync(server, text, "a.txt", "assistants"))["id"]!;
        await StoredAsync(store, file, new() { ["lang"] = "ar", ["year"] = 2001 });
        return store;
    }

    async Task<string> StoredAsync(string store, string? file = null, JsonObject? attributes = null)
    {
        var id = await IdAsync($"/v1/vector_stores/{store}/files",
            new() { ["file_id"] = file ?? await MakeAsync("files/assistants", ""), ["attributes"] = attributes });
        await Eventually.HoldsAsync("the file is read", async () =>
            await StatusAsync($"/v1/vector_stores/{store}/files/{id}") == "completed");
        return id;
    }

    async Task<string?> StatusAsync(string path) =>
        (string?)(await server.Http.GetFromJsonAsync<JsonObject>(new Uri(path, UriKind.Relative), Stop))!["status"];

    async Task<string> IdAsync(string path, JsonObject body)
    {
        var http = await server.PostAsync(path, body.ToJsonString());
        Assert.True(http.IsSuccessStatusCode, $"{path}: {await http.Content.ReadAsStringAsync(Stop)}");
        return (string)(await RunningServer.JsonAsync(http))["id"]!;
    }
}

// Reads the bodies of requests about vector stores. Knows no store.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Replies;
using Majlis.Server.Wire;

namespace Majlis.Server.VectorStores;

/// <param name="Days">Of expires_after.</param>
/// <param name="Stays">expires_after is null: it expires no more.</param>
sealed record StoreWish(string? Name, string? Description, JsonObject? Metadata, int? Days, bool Stays, IReadOnlyList<FileWish> Files);

/// <summary>A file to be added.</summary>
sealed record FileWish(string FileId, JsonObject? Attributes, Chunking Chunking);

static class StoreRequests
{
    // OpenAI's limits: of a new store's files, and of those added to one at once.
    const int MostNew = 500, MostAdded = 2000, MostDays = 365, MostAttributes = 16, LongestName = 64, LongestText = 512, MostQueries = 16;

    static readonly string[] besides = ["file_ids", "attributes", "chunking_strategy"];

    /// <summary>A new store, or what is changed of one.</summary>
    public static StoreWish? Store(JsonElement body, Problem problem, bool isNew)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        var (name, metadata, description) = (fields.Text("name"), Metadata.Read(fields), isNew ? fields.Text("description") : null);
        int? days = null;
        var stays = body.TryGetProperty("expires_after", out var after) && after.ValueKind == JsonValueKind.Null;
        if (fields.Of("expires_after", JsonValueKind.Object, "an object") is { } expiry)
        {
            var inner = new Fields(expiry, "expires_after", problem);
            inner.Word("anchor", ["last_active_at"], required: true);
            days = inner.Int("days", 1, MostDays);
            inner.Done();
        }
        var files = isNew ? Files(fields, problem, MostNew) : [];
        fields.Done();
        return problem.First is null ? new(name, description, metadata, days, stays, files) : null;
    }

    /// <summary>One file, or with <paramref name="many"/> several at once.</summary>
    public static IReadOnlyList<FileWish>? Added(JsonElement body, Problem problem, bool many)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        var files = many ? Files(fields, problem, MostAdded) : [File(fields, problem)];
        if (many && files.Count == 0) problem.Add(ApiError.MissingField("file_ids"));
        fields.Done();
        return problem.First is null ? files : null;
    }

    /// <summary>The new attributes of a file; null clears them.</summary>
    public static JsonObject? Attributes(JsonElement body, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        if (!fields.IsThere("attributes")) problem.Add(ApiError.MissingField("attributes"));
        var attributes = Attributes(fields, problem) ?? [];
        fields.Done();
        return problem.First is null ? attributes : null;
    }

    public static SearchWish? Search(JsonElement body, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        var queries = Queries(fields, problem);
        var filter = fields.Any("filters") is { } given ? AttributeFilter.Read(given, "filters", problem) : null;
        var most = fields.Int("max_num_results", 1, 50) ?? 10;
        var least = 0.0;
        if (fields.Of("ranking_options", JsonValueKind.Object, "an object") is { } ranking)
        {
            var inner = new Fields(ranking, "ranking_options", problem);
            inner.Word("ranker", ["auto", "default-2024-11-15", "none"]);
            least = inner.Number("score_threshold", 0, 1) ?? 0;
            inner.Done();
        }
        // Questions are searched as they are; a client that allows more loses nothing.
        fields.Flag("rewrite_query");
        fields.Done();
        return problem.First is null ? new(queries, filter, most, least) : null;
    }

    static List<string> Queries(Fields fields, Problem problem)
    {
        if (!fields.Has("query")) problem.Add(ApiError.MissingField("query"));
        if (fields.Peek("query") is not { ValueKind: JsonValueKind.Array }) return [fields.Text("query") ?? ""];
        var queries = new List<string>();
        foreach (var (item, name) in fields.Items("query"))
            if (item.ValueKind == JsonValueKind.String) queries.Add(item.GetString()!);
            else problem.Add(ApiError.WrongType(name, "a string", Fields.Kind(item)));
        if (queries.Count is 0 or > MostQueries)
            problem.Add(ApiError.InvalidValue("query", $"Invalid 'query': 1 to {MostQueries} questions are expected."));
        return queries;
    }

    // file_ids with attributes and chunking for all, or files with their own.
    static List<FileWish> Files(Fields fields, Problem problem, int most)
    {
        if (fields.Has("files"))
            foreach (var other in besides.Where(fields.Has))
                problem.Add(ApiError.InvalidValue(other, $"Invalid '{other}': each of 'files' brings its own."));
        var (attributes, chunking, files) = (Attributes(fields, problem), Cutting(fields, problem), new List<FileWish>());
        foreach (var (item, name) in fields.Items("file_ids"))
            if (item.ValueKind == JsonValueKind.String) files.Add(new(item.GetString()!, attributes, chunking));
            else problem.Add(ApiError.WrongType(name, "a string", Fields.Kind(item)));
        foreach (var (item, name) in fields.Items("files"))
        {
            var inner = new Fields(item, name, problem);
            if (problem.First is not null) break;
            files.Add(File(inner, problem));
            inner.Done();
        }
        if (files.Count > most) problem.Add(ApiError.TooMany("file_ids", files.Count, most));
        return files;
    }

    static FileWish File(Fields fields, Problem problem) =>
        new(fields.RequiredText("file_id"), Attributes(fields, problem), Cutting(fields, problem));

    static JsonObject? Attributes(Fields fields, Problem problem)
    {
        var name = fields.Name("attributes");
        if (fields.Of("attributes", JsonValueKind.Object, "an object") is not { } given) return null;
        if (given.GetPropertyCount() > MostAttributes) problem.Add(ApiError.TooMany(name, given.GetPropertyCount(), MostAttributes));
        foreach (var pair in given.EnumerateObject())
            if (Fields.Letters(pair.Name) > LongestName
                || pair.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null
                || pair.Value.ValueKind == JsonValueKind.String && Fields.Letters(pair.Value.GetString()!) > LongestText)
                problem.Add(ApiError.InvalidValue($"{name}.{pair.Name}", $"Invalid '{name}': names have up to {LongestName} characters, "
                    + $"values are texts of up to {LongestText}, numbers or booleans."));
        return problem.First is null ? JsonObject.Create(given.Clone()) : null;
    }

    static Chunking Cutting(Fields fields, Problem problem)
    {
        if (fields.Of("chunking_strategy", JsonValueKind.Object, "an object") is not { } given) return Chunking.Usual;
        var strategy = new Fields(given, fields.Name("chunking_strategy"), problem);
        if (strategy.Word("type", ["auto", "static"], required: true) != "static")
        {
            strategy.Done();
            return Chunking.Usual;
        }
        if (strategy.Of("static", JsonValueKind.Object, "an object") is not { } sizes)
        {
            problem.Add(ApiError.MissingField(strategy.Name("static")));
            return Chunking.Usual;
        }
        var inner = new Fields(sizes, strategy.Name("static"), problem);
        var size = inner.Int("max_chunk_size_tokens", 100, 4096) ?? Chunking.Usual.Size;
        var overlap = inner.Int("chunk_overlap_tokens", 0, size / 2) ?? Math.Min(Chunking.Usual.Overlap, size / 2);
        inner.Done();
        strategy.Done();
        return new(size, overlap);
    }
}

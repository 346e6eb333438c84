// What is kept of a vector store beside its passages, and what clients see of it and of its files. Data only.
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Majlis.Server.Storage;

namespace Majlis.Server.VectorStores;

/// <param name="ExpiresAfterDays">Days without use after which it is gone; null: it stays.</param>
sealed record StoredVectorStore(string Id, string Owner, string? Name, string? Description, long CreatedAt, long LastActiveAt,
    int? ExpiresAfterDays, JsonObject? Metadata) : IRecord
{
    const long Day = 24 * 3600;

    public ImmutableArray<StoreFile> Files { get; init; } = [];

    public ImmutableArray<FileBatch> Batches { get; init; } = [];

    public long? ExpiresAt => LastActiveAt + ExpiresAfterDays * Day;

    public StoreFile? File(string id) => Files.FirstOrDefault(file => file.FileId == id);

    /// <summary>Whether any file of the batch is still to be read.</summary>
    public bool IsReading(FileBatch batch) =>
        Files.Any(file => batch.Files.Contains(file.FileId) && file.Status == StoreFile.InProgress);

    public StoredVectorStore With(StoreFile file) => this with { Files = [.. Files.Where(other => other.FileId != file.FileId), file] };
}

/// <summary>A file in a store.</summary>
/// <param name="Bytes">Of its passages.</param>
/// <param name="Error">Why it could not be read.</param>
sealed record StoreFile(string FileId, string Filename, string Status, long CreatedAt, long Bytes, StoreFileError? Error,
    Chunking Chunking, JsonObject? Attributes)
{
    public const string InProgress = "in_progress", Completed = "completed", Failed = "failed", Cancelled = "cancelled";

    public static readonly string[] Statuses = [InProgress, Completed, Failed, Cancelled];
}

sealed record StoreFileError(string Code, string Message);

/// <summary>Files that were added together.</summary>
sealed record FileBatch(string Id, long CreatedAt, ImmutableArray<string> Files, bool IsCancelled);

/// <summary>How texts are cut into passages, in tokens; OpenAI's usual sizes where nothing is said.</summary>
sealed record Chunking(int Size, int Overlap)
{
    public static Chunking Usual { get; } = new(800, 400);
}

sealed record VectorStoreReply(string Id, string Object, long CreatedAt, string? Name, string? Description, long UsageBytes,
    FileCounts FileCounts, string Status, ExpiryReply? ExpiresAfter, long? ExpiresAt, long LastActiveAt, JsonObject Metadata)
{
    public static VectorStoreReply Of(StoredVectorStore store) => new(store.Id, "vector_store", store.CreatedAt, store.Name,
        store.Description,
        store.Files.Sum(file => file.Bytes), FileCounts.Of(store.Files),
        store.Files.Any(file => file.Status == StoreFile.InProgress) ? "in_progress" : "completed",
        store.ExpiresAfterDays is { } days ? new("last_active_at", days) : null, store.ExpiresAt, store.LastActiveAt,
        store.Metadata?.DeepClone().AsObject() ?? []);
}

sealed record ExpiryReply(string Anchor, int Days);

sealed record FileCounts(int InProgress, int Completed, int Failed, int Cancelled, int Total)
{
    public static FileCounts Of(IReadOnlyCollection<StoreFile> files)
    {
        return new(Count(StoreFile.InProgress), Count(StoreFile.Completed), Count(StoreFile.Failed), Count(StoreFile.Cancelled),
            files.Count);

        int Count(string status) => files.Count(file => file.Status == status);
    }
}

sealed record StoreFileReply(string Id, string Object, long UsageBytes, long CreatedAt, string VectorStoreId, string Status,
    StoreFileError? LastError, ChunkingReply ChunkingStrategy, JsonObject Attributes)
{
    public static StoreFileReply Of(StoredVectorStore store, StoreFile file) => new(file.FileId, "vector_store.file", file.Bytes,
        file.CreatedAt, store.Id, file.Status, file.Error, new("static", new(file.Chunking.Size, file.Chunking.Overlap)),
        file.Attributes?.DeepClone().AsObject() ?? []);
}

sealed record ChunkingReply(string Type, ChunkSizes Static);

sealed record ChunkSizes(int MaxChunkSizeTokens, int ChunkOverlapTokens);

sealed record FileBatchReply(string Id, string Object, long CreatedAt, string VectorStoreId, string Status, FileCounts FileCounts)
{
    public static FileBatchReply Of(StoredVectorStore store, FileBatch batch)
    {
        var files = store.Files.Where(file => batch.Files.Contains(file.FileId)).ToList();
        var status = batch.IsCancelled ? "cancelled" : store.IsReading(batch) ? "in_progress" : "completed";
        return new(batch.Id, "vector_store.files_batch", batch.CreatedAt, store.Id, status, FileCounts.Of(files));
    }
}

/// <summary>What a search found, best first, as a page that is always whole.</summary>
sealed record SearchPage(string Object, IReadOnlyList<string> SearchQuery, IReadOnlyList<FoundReply> Data, bool HasMore, string? NextPage);

sealed record FoundReply(string FileId, string Filename, double Score, JsonObject Attributes, IReadOnlyList<TextPart> Content);

sealed record TextPart(string Type, string Text);

/// <summary>The passages of one file.</summary>
sealed record ContentPage(string Object, IReadOnlyList<TextPart> Data, bool HasMore, string? NextPage);

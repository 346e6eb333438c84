// What is kept of a batch of requests, and what clients see of it. Data only.
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Majlis.Server.Storage;

namespace Majlis.Server.Batches;

/// <summary>Times are seconds since 1970.</summary>
sealed record StoredBatch(string Id, string Owner, string Endpoint, string InputFileId, string CompletionWindow, long CreatedAt,
    long ExpiresAt) : IRecord
{
    public const string Validating = "validating", Failed = "failed", InProgress = "in_progress", Finalizing = "finalizing",
        Completed = "completed", Expired = "expired", Cancelling = "cancelling", Cancelled = "cancelled";

    public string Status { get; init; } = Validating;
    public long? InProgressAt { get; init; }
    public long? FinalizingAt { get; init; }
    public long? CompletedAt { get; init; }
    public long? FailedAt { get; init; }
    public long? ExpiredAt { get; init; }
    public long? CancellingAt { get; init; }
    public long? CancelledAt { get; init; }
    public string? OutputFileId { get; init; }
    public string? ErrorFileId { get; init; }
    public BatchCounts Counts { get; init; } = new(0, 0, 0);
    public ImmutableArray<BatchProblem> Problems { get; init; } = [];
    public JsonObject? Metadata { get; init; }

    /// <summary>Seconds that the files of its answers live; null: they stay.</summary>
    public long? OutputLife { get; init; }

    /// <summary>Nothing changes any more.</summary>
    public bool IsOver => Status is Failed or Completed or Expired or Cancelled;
}

/// <param name="Completed">Answered with a status of success.</param>
/// <param name="Failed">Answered with any other, or not at all.</param>
sealed record BatchCounts(int Total, int Completed, int Failed);

/// <summary>Why a batch was not begun.</summary>
/// <param name="Line">Of the input file, counted from 1.</param>
sealed record BatchProblem(string Code, string Message, string? Param, int? Line);

/// <summary>A batch in OpenAI's shape.</summary>
sealed record BatchReply(string Id, string Object, string Endpoint, BatchProblemList? Errors, string InputFileId, string CompletionWindow,
    string Status, string? OutputFileId, string? ErrorFileId, long CreatedAt, long? InProgressAt, long ExpiresAt, long? FinalizingAt,
    long? CompletedAt, long? FailedAt, long? ExpiredAt, long? CancellingAt, long? CancelledAt, BatchCounts RequestCounts,
    JsonObject? Metadata)
{
    public static BatchReply Of(StoredBatch batch) => new(batch.Id, "batch", batch.Endpoint,
        batch.Problems.IsEmpty ? null : new("list", batch.Problems), batch.InputFileId, batch.CompletionWindow, batch.Status,
        batch.OutputFileId, batch.ErrorFileId, batch.CreatedAt, batch.InProgressAt, batch.ExpiresAt, batch.FinalizingAt, batch.CompletedAt,
        batch.FailedAt, batch.ExpiredAt, batch.CancellingAt, batch.CancelledAt, batch.Counts, batch.Metadata?.DeepClone().AsObject());
}

sealed record BatchProblemList(string Object, ImmutableArray<BatchProblem> Data);

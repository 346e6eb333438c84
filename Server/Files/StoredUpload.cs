// A file that comes in parts: what is kept of it until it is complete, and what clients see. Data only.
using System.Collections.Immutable;
using Majlis.Server.Storage;

namespace Majlis.Server.Files;

/// <param name="Parts">In the order in which they came.</param>
/// <param name="Status">pending, completed or cancelled.</param>
/// <param name="FileId">The file that it became.</param>
/// <param name="Life">Seconds that the file lives; null: until it is deleted.</param>
sealed record StoredUpload(string Id, string Owner, string Filename, string Purpose, long Bytes, long CreatedAt, long ExpiresAt,
    ImmutableArray<UploadPart> Parts, string Status, string? FileId, long? Life) : IRecord;

sealed record UploadPart(string Id, long Bytes, long CreatedAt);

/// <summary>An upload in OpenAI's shape.</summary>
sealed record UploadReply(string Id, string Object, long Bytes, long CreatedAt, string Filename, string Purpose, string Status,
    long ExpiresAt, FileReply? File)
{
    public static UploadReply Of(StoredUpload upload, StoredFile? file) => new(upload.Id, "upload", upload.Bytes, upload.CreatedAt,
        upload.Filename, upload.Purpose, upload.Status, upload.ExpiresAt, file is null ? null : FileReply.Of(file));
}

/// <summary>A part in OpenAI's shape.</summary>
sealed record UploadPartReply(string Id, string Object, long CreatedAt, string UploadId);

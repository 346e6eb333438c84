// What is kept of a file beside its bytes, and what clients see of it. Data only.
using Majlis.Server.Storage;

namespace Majlis.Server.Files;

/// <param name="CreatedAt">Seconds since 1970, as all times of the API.</param>
/// <param name="ExpiresAt">From then on it is gone; null: it stays until it is deleted.</param>
sealed record StoredFile(string Id, string Owner, string Filename, string Purpose, long Bytes, long CreatedAt, long? ExpiresAt) : IRecord;

/// <summary>A file in OpenAI's shape.</summary>
sealed record FileReply(string Id, string Object, long Bytes, long CreatedAt, long? ExpiresAt, string Filename, string Purpose,
    string Status, string? StatusDetails)
{
    public static FileReply Of(StoredFile file) =>
        new(file.Id, "file", file.Bytes, file.CreatedAt, file.ExpiresAt, file.Filename, file.Purpose, "processed", null);
}

/// <summary>OpenAI's answer to a deletion.</summary>
sealed record DeletedReply(string Id, string Object, bool Deleted);

// Joins the parts of an upload to a file, in the order that the client names; the file then is one like any other.
using System.Security.Cryptography;
using System.Text.Json;
using Majlis.Server.Wire;

namespace Majlis.Server.Files;

/// <param name="Parts">Their ids.</param>
/// <param name="Md5">Of the whole file in hexadecimal digits; null: not said.</param>
sealed record PartOrder(IReadOnlyList<string> Parts, string? Md5);

sealed class UploadJoin(FileStore files, UploadStore uploads)
{
    /// <summary>The body of a completion; null with the reason in <paramref name="problem"/>.</summary>
    public static PartOrder? ReadOrder(JsonElement body, StoredUpload upload, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        if (!fields.Has("part_ids")) problem.Add(ApiError.MissingField("part_ids"));
        var parts = new List<string>();
        foreach (var (item, name) in fields.Items("part_ids"))
            if (item.ValueKind == JsonValueKind.String && upload.Parts.Any(part => part.Id == item.GetString()))
                parts.Add(item.GetString()!);
            else problem.Add(ApiError.InvalidValue(name, $"Invalid '{name}': it is no part of this upload."));
        if (parts.Distinct().Count() != parts.Count)
            problem.Add(ApiError.InvalidValue("part_ids", "Invalid 'part_ids': a part is named twice."));
        var md5 = fields.Text("md5");
        fields.Done();
        var bytes = upload.Parts.Where(part => parts.Contains(part.Id)).Sum(part => part.Bytes);
        if (bytes != upload.Bytes) problem.Add(ApiError.InvalidValue("part_ids",
            $"Invalid 'part_ids': these parts hold {bytes} bytes, and {upload.Bytes} were announced."));
        return problem.First is null ? new(parts, md5) : null;
    }

    /// <summary>The new file, or null with the reason in <paramref name="problem"/>.</summary>
    public async Task<StoredFile?> RunAsync(StoredUpload upload, PartOrder order, Problem problem, CancellationToken stop)
    {
        var file = files.Begin(upload.Owner);
        StoredFile? kept = null;
        try
        {
            if (file.Room < upload.Bytes) problem.Add(FileUpload.Full());
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
            foreach (var part in order.Parts) await CopyAsync(part, file.Stream, hash, stop);
            if (order.Md5 is { } expected
                && !Convert.ToHexString(hash.GetHashAndReset()).Equals(expected, StringComparison.OrdinalIgnoreCase))
                problem.Add(ApiError.InvalidValue("md5", "Invalid 'md5': the parts in this order have another."));
            if (problem.First is null) await FileUpload.CheckAsync(upload.Purpose, upload.Filename, file.Stream, problem, stop);
            if (problem.First is null) kept = files.Keep(file, upload.Filename, upload.Purpose, upload.Life);
        }
        catch (FileNotFoundException)
        {
            // Completed or cancelled by another request meanwhile, and its parts with it.
            problem.Add(UploadEndpoints.Over(upload.Id));
        }
        finally
        {
            if (kept is null) files.Drop(file);
        }
        if (kept is null || uploads.End(upload, kept)) return kept;
        files.Delete(kept);
        problem.Add(UploadEndpoints.Over(upload.Id));
        return null;
    }

    async Task CopyAsync(string part, FileStream to, IncrementalHash hash, CancellationToken stop)
    {
        await using var from = uploads.ReadPart(part);
        var buffer = new byte[1 << 16];
        for (int read; (read = await from.ReadAsync(buffer, stop)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
            await to.WriteAsync(buffer.AsMemory(0, read), stop);
        }
    }
}

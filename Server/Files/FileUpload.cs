// Reads POST /v1/files: a form with the file, its purpose and when it expires. Files of requests and of examples are read line by line
// before they are kept.
using System.Globalization;
using Majlis.Server.Replies;
using Majlis.Server.Wire;

namespace Majlis.Server.Files;

static class FileUpload
{
    /// <summary>What clients may keep files for.</summary>
    public static readonly string[] Purposes = ["assistants", "batch", "evals", "fine-tune", "user_data", "vision"];

    static readonly string[] ofLines = ["batch", "evals", "fine-tune"];

    /// <summary>Seconds that a file may live, as OpenAI bounds them.</summary>
    public const long LeastLife = 3600, MostLife = 30 * 24 * 3600;

    /// <summary>The kept file, or null with the reason in <paramref name="problem"/>.</summary>
    public static async Task<StoredFile?> ReadAsync(HttpContext http, FileStore files, Problem problem)
    {
        var file = files.Begin(ReplyOwner.Of(http));
        StoredFile? kept = null;
        try
        {
            var most = Math.Min(FileStore.MostBytes, file.Room);
            if (most <= 0) problem.Add(Full());
            if (problem.First is not null || await FormReader.ReadAsync(http.Request, "file", file.Stream, most, problem) is not { } form)
                return null;
            var (purpose, life) = (Purpose(form.Fields, problem), Life(form.Fields, problem));
            if (form.Filename is null) problem.Add(ApiError.MissingField("file"));
            foreach (var name in form.Fields.Keys) problem.Add(ApiError.UnknownField(name));
            if (problem.First is null) await CheckAsync(purpose, form.Filename!, file.Stream, problem, http.RequestAborted);
            return problem.First is not null ? null : kept = files.Keep(file, form.Filename!, purpose, life);
        }
        finally
        {
            if (kept is null) files.Drop(file);
        }
    }

    /// <summary>Whether a file's lines fit its purpose.</summary>
    /// <param name="file">Written so far; its position stays at its end.</param>
    public static async Task CheckAsync(string purpose, string filename, FileStream file, Problem problem, CancellationToken stop)
    {
        if (file.Length == 0) problem.Add(ApiError.InvalidValue("file", $"Invalid 'file': {filename} is empty."));
        if (problem.First is not null || !ofLines.Contains(purpose)) return;
        await file.FlushAsync(stop);
        await using var written = File.Open(file.Name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (await JsonLines.ProblemAsync(written, stop) is { } wrong)
            problem.Add(ApiError.InvalidValue("file", $"Invalid 'file': {filename}, {wrong}"));
    }

    public static ApiError Full() => new(413, "invalid_request_error",
        $"The files of this key take up {FileStore.MostBytesOfOwner} bytes already; delete some first.", "file", "storage_full");

    static string Purpose(Dictionary<string, string> fields, Problem problem)
    {
        if (!fields.Remove("purpose", out var purpose)) problem.Add(ApiError.MissingField("purpose"));
        else if (!Purposes.Contains(purpose)) problem.Add(WrongPurpose(purpose));
        return purpose ?? "";
    }

    public static ApiError WrongPurpose(string purpose) => ApiError.InvalidValue("purpose",
        $"'{purpose}' is not one of [{string.Join(", ", Purposes.Select(known => $"'{known}'"))}] - 'purpose'");

    static long? Life(Dictionary<string, string> fields, Problem problem)
    {
        var anchored = fields.Remove("expires_after[anchor]", out var anchor);
        if (!fields.Remove("expires_after[seconds]", out var seconds) && !anchored) return null;
        if (anchor != "created_at")
            problem.Add(ApiError.InvalidValue("expires_after[anchor]",
                "Invalid 'expires_after[anchor]'. Supported values are: 'created_at'."));
        if (long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var life) && life is >= LeastLife and <= MostLife)
            return life;
        problem.Add(ApiError.InvalidValue("expires_after[seconds]",
            $"Invalid 'expires_after[seconds]': a number between {LeastLife} and {MostLife} is expected."));
        return null;
    }
}

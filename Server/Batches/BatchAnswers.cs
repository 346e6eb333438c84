// The answers of one batch as they come, a line each, in two growing files: what succeeded and what did not. A line that a kill cut off is
// taken back at the next start, and its request is sent anew.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Files;
using Majlis.Server.Storage;
using Majlis.Server.Wire;

namespace Majlis.Server.Batches;

sealed class BatchAnswers : IDisposable
{
    readonly PrivateFolder folder;
    readonly string id;
    readonly Lock writing = new();
    readonly HashSet<string> names = [];
    readonly FileStream output, errors;

    BatchAnswers(PrivateFolder folder, string id)
    {
        (this.folder, this.id) = (folder, id);
        (output, errors) = (folder.Append(Output), folder.Append(Errors));
    }

    string Output => id + ".output";
    string Errors => id + ".errors";

    public int Completed { get; private set; }

    public int Failed { get; private set; }

    /// <summary>Opens the files, and finds in them what was answered before.</summary>
    public static async Task<BatchAnswers> OpenAsync(PrivateFolder folder, string id)
    {
        var answers = new BatchAnswers(folder, id);
        answers.Completed = await answers.RecoverAsync(answers.output);
        answers.Failed = await answers.RecoverAsync(answers.errors);
        return answers;
    }

    public bool Holds(string name)
    {
        lock (writing) return names.Contains(name);
    }

    /// <param name="response">Null where nothing was answered.</param>
    /// <param name="error">Why nothing was answered.</param>
    public void Add(string lineId, string name, BatchAnswer? response, (string Code, string Message)? error)
    {
        var line = new JsonObject
        {
            ["id"] = lineId,
            ["custom_id"] = name,
            ["response"] = response is null ? null : new JsonObject
            {
                ["status_code"] = response.Status,
                ["request_id"] = response.RequestId,
                ["body"] = response.Body,
            },
            ["error"] = error is { } why ? new JsonObject { ["code"] = why.Code, ["message"] = why.Message } : null,
        };
        byte[] text = [.. JsonSerializer.SerializeToUtf8Bytes(line, WireJson.Wire.JsonObject), (byte)'\n'];
        var succeeded = response is { Status: >= 200 and < 300 };
        lock (writing)
        {
            var file = succeeded ? output : errors;
            file.Write(text);
            file.Flush();
            names.Add(name);
            if (succeeded) Completed++;
            else Failed++;
        }
    }

    /// <summary>Makes files of what there is, for clients to read; null where one would be empty.</summary>
    /// <param name="life">Seconds that they live; null: they stay.</param>
    public async Task<(string? Output, string? Errors)> KeepAsync(FileStore files, string owner, long? life)
    {
        return (await KeepAsync(output, "output"), await KeepAsync(errors, "error"));

        async Task<string?> KeepAsync(FileStream written, string kind)
        {
            if (written.Length == 0) return null;
            var file = files.Begin(owner);
            await using (var from = File.Open(written.Name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
                await from.CopyToAsync(file.Stream);
            return files.Keep(file, $"{id}_{kind}.jsonl", FileStore.OfBatches, life).Id;
        }
    }

    public void Dispose()
    {
        output.Dispose();
        errors.Dispose();
    }

    public void Delete()
    {
        Dispose();
        folder.Delete(Output);
        folder.Delete(Errors);
    }

    async Task<int> RecoverAsync(FileStream file)
    {
        var (lines, end) = (0, 0L);
        await using (var read = File.Open(file.Name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
            await foreach (var line in JsonLines.ReadAsync(read))
            {
                // Only the last can be cut off: it has no end.
                if (JsonLines.Problem(line) is not null || end + line.Text.Length >= read.Length) break;
                using var json = JsonDocument.Parse(line.Text);
                names.Add(json.RootElement.GetProperty("custom_id").GetString()!);
                end += line.Text.Length + 1;
                lines++;
            }
        file.SetLength(end);
        return lines;
    }
}

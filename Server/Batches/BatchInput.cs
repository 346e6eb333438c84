// The lines of a batch's input file, checked before any is sent: a batch with a wrong line is not begun, as in OpenAI's service.
using System.Collections.Immutable;
using Majlis.Server.Files;

namespace Majlis.Server.Batches;

sealed class BatchInput(BatchStore store)
{
    /// <summary>OpenAI's limit of requests in a batch.</summary>
    const int MostLines = 50_000;

    const int MostProblems = 100;

    /// <summary>How many lines there are, and what is wrong with them.</summary>
    public async Task<(int Lines, ImmutableArray<BatchProblem> Problems)> CheckAsync(StoredBatch batch, CancellationToken stop)
    {
        var (lines, names, problems) = (0, new HashSet<string>(), ImmutableArray.CreateBuilder<BatchProblem>());
        await using var stream = store.Input(batch.Id);
        await foreach (var line in JsonLines.ReadAsync(stream, stop))
        {
            lines++;
            if (BatchLine.Read(line, batch.Endpoint, out var problem) is { } read && !names.Add(read.Name))
                problem = new("duplicate_custom_id", $"line {line.Number}: the custom_id '{read.Name}' is another line's already.",
                    "custom_id", line.Number);
            if (lines > MostLines) problem = new("too_many_lines", $"More than {MostLines} requests.", null, line.Number);
            if (problem is not null) problems.Add(problem);
            if (problems.Count == MostProblems || lines > MostLines) break;
        }
        if (lines == 0) problems.Add(new("empty_file", "The file holds no request.", "input_file_id", null));
        return (lines, problems.ToImmutable());
    }

    /// <summary>The requests of a checked file, in order.</summary>
    public async IAsyncEnumerable<BatchLine> ReadAsync(StoredBatch batch)
    {
        await using var stream = store.Input(batch.Id);
        await foreach (var line in JsonLines.ReadAsync(stream))
            if (BatchLine.Read(line, batch.Endpoint, out _) is { } read) yield return read;
    }
}

// JSON Lines: a JSON object on each line. Reads a stream line by line without ever holding more than one. Knows no object's fields.
using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Majlis.Server.Wire;
using Majlis.Text;

namespace Majlis.Server.Files;

/// <param name="Number">Counted from 1.</param>
/// <param name="Text">UTF-8, without the line's end.</param>
readonly record struct JsonLine(int Number, byte[] Text);

static class JsonLines
{
    /// <summary>The longest line in bytes: what a body of the same content may have.</summary>
    const int Longest = (int)RequestBody.Limit;

    /// <summary>The lines that hold more than white space.</summary>
    /// <exception cref="FormatException">A line is longer than any body may be.</exception>
    public static async IAsyncEnumerable<JsonLine> ReadAsync(Stream stream,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        for (var number = 1; ; number++)
        {
            var (line, isLast) = await LineAsync(reader, number, cancellation);
            if (number == 1 && line.AsSpan().StartsWith(Encoding.UTF8.Preamble)) line = line[Encoding.UTF8.Preamble.Length..];
            if (line.AsSpan().IndexOfAnyExcept((byte)' ', (byte)'\t', (byte)'\r') >= 0) yield return new(number, line);
            if (isLast) break;
        }
        await reader.CompleteAsync();
    }

    /// <summary>What is wrong with the first line that is no JSON object; null where all are, and there is at least one.</summary>
    public static async Task<string?> ProblemAsync(Stream stream, CancellationToken cancellation)
    {
        var any = false;
        try
        {
            await foreach (var line in ReadAsync(stream, cancellation))
            {
                if (Problem(line) is { } problem) return problem;
                any = true;
            }
        }
        catch (FormatException tooLong)
        {
            return tooLong.Message;
        }
        return any ? null : "holds no line; a JSON object is expected on each.";
    }

    /// <summary>What is wrong with a line, as the end of a sentence about its file; null for a JSON object.</summary>
    public static string? Problem(JsonLine line)
    {
        try
        {
            using var json = JsonDocument.Parse(line.Text, StrictJson.Options);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                return $"line {line.Number}: expected a JSON object, found {Fields.Kind(json.RootElement)}.";
            return StrictJson.IsReadable(line.Text) || StrictJson.Unreadable(json.RootElement) is null ? null
                : $"line {line.Number}: a text or a name holds half a surrogate pair or bytes that are not UTF-8.";
        }
        catch (JsonException damage)
        {
            // The text is one line of the file.
            return $"line {line.Number}: {JsonDamage.Of(damage).Replace("line 1, ", "", StringComparison.Ordinal)}.";
        }
        catch (InvalidOperationException)
        {
            return $"line {line.Number}: a name holds bytes that are not UTF-8.";
        }
    }

    static async Task<(byte[] Line, bool IsLast)> LineAsync(PipeReader reader, int number, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = read.Buffer.Slice(0, end).ToArray();
                reader.AdvanceTo(read.Buffer.GetPosition(1, end));
                return (line, false);
            }
            if (read.Buffer.Length > Longest) throw new FormatException($"line {number}: longer than {Longest} bytes.");
            if (read.IsCompleted)
            {
                var rest = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return (rest, true);
            }
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}

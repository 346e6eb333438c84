// Reads JSONL files line by line and encodes the rows on all cores, a block of lines at a time. What stays in memory are token ids, five
// bytes a token. Knows no row's form.
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Text.Jinja;

namespace Majlis.Trainer.Supervised.Data;

/// <summary>What was read. <paramref name="Dropped"/> rows had no target left, after the cut or from the start.</summary>
public sealed record DataSet(IReadOnlyList<Example> Examples, int Dropped, int Cut);

public static class DataFiles
{
    const int BlockLines = 4096;

    static readonly UTF8Encoding strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    static readonly JsonDocumentOptions unique = new() { AllowDuplicateProperties = false };

    /// <summary>All rows of all files in order, cut to <paramref name="maxLength"/> tokens; blank lines are no rows.</summary>
    /// <exception cref="DataException">A file or a row cannot be read; of several the first is named.</exception>
    public static DataSet Read(IEnumerable<string> paths, RowEncoder encoder, int maxLength)
    {
        var (kept, dropped, cut) = (new List<Example>(), 0, 0);
        foreach (var block in Lines(paths).Chunk(BlockLines))
        {
            var read = new (Example? Example, DataException? Error)[block.Length];
            Parallel.For(0, block.Length, index => read[index] = Encode(encoder, block[index].Text, block[index].Place));
            foreach (var (example, error) in read)
            {
                if (error is not null) throw error;
                if (example!.Tokens.Length > maxLength) cut++;
                var shortened = example.CutTo(maxLength);
                if (shortened.Tokens.Length > 1 && shortened.HasTarget) kept.Add(shortened);
                else dropped++;
            }
        }
        if (kept.Count == 0) throw new DataException($"{string.Join(", ", paths)}: no row has anything to learn from.");
        return new DataSet(kept, dropped, cut);
    }

    static IEnumerable<(string Text, string Place)> Lines(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            var number = 0;
            using var reader = Open(path);
            while (Next(reader, path, number) is { } line)
            {
                number++;
                if (!string.IsNullOrWhiteSpace(line)) yield return (line, FormattableString.Invariant($"{path} line {number}"));
            }
        }
    }

    static StreamReader Open(string path)
    {
        try
        {
            return new StreamReader(path, strict);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be read: {error.Message}", error);
        }
    }

    static string? Next(StreamReader reader, string path, int read)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (DecoderFallbackException error)
        {
            throw new DataException($"{path}: the text after line {read} is not UTF-8.", error);
        }
    }

    static (Example?, DataException?) Encode(RowEncoder encoder, string line, string place)
    {
        try
        {
            return JsonNode.Parse(line, documentOptions: unique) is JsonObject row ? (encoder.Encode(row, place), null)
                : (null, new DataException($"{place}: expected a JSON object."));
        }
        catch (Exception error) when (error is JsonException or ArgumentException or JinjaException or DataException)
        {
            return (null, new DataException($"{place}: {error.Message}", error));
        }
    }
}

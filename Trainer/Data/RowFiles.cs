// Rows of files, one after the other: JSONL line by line, Parquet row group by row group. Knows no form of rows and no tokens.
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Majlis.Trainer.Data;

public static class RowFiles
{
    static readonly UTF8Encoding strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    static readonly JsonDocumentOptions unique = new() { AllowDuplicateProperties = false };

    /// <summary>All rows of all files in order; blank lines are no rows.</summary>
    /// <exception cref="DataException">A file cannot be read.</exception>
    public static IEnumerable<DataRow> Of(IEnumerable<string> paths) => paths.SelectMany(path =>
        Path.GetExtension(path).Equals(".parquet", StringComparison.OrdinalIgnoreCase) ? ParquetRows.Of(path) : Lines(path));

    static IEnumerable<DataRow> Lines(string path)
    {
        var number = 0;
        using var reader = Open(path);
        while (Next(reader, path, number) is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
                yield return new DataRow(FormattableString.Invariant($"{path} line {number}"), () => Parse(line));
        }
    }

    static JsonObject Parse(string line) => JsonNode.Parse(line, documentOptions: unique) as JsonObject
        ?? throw new DataException("expected a JSON object");

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
}

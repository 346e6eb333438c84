// Rows of a Parquet file as JSON objects: columns are members, lists and structs nest. One row group is in memory at a time. Knows no form
// of rows.
using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using Parquet;
using Parquet.Serialization;

namespace Majlis.Trainer.Data;

static class ParquetRows
{
    /// <exception cref="DataException">The file cannot be read, or is no Parquet file.</exception>
    public static IEnumerable<DataRow> Of(string path)
    {
        var number = 0;
        for (var group = 0; group < Groups(path); group++)
            foreach (var row in Read(path, group))
                yield return new DataRow(FormattableString.Invariant($"{path} row {++number}"), () => Members(row));
    }

    static int Groups(string path) => Reading(path, async () =>
    {
        await using var reader = await ParquetReader.CreateAsync(path);
        return reader.RowGroupCount;
    });

    static IReadOnlyList<Dictionary<string, object>> Read(string path, int group) => Reading(path, async () =>
    {
        await using var file = File.OpenRead(path);
        var result = await ParquetSerializer.DeserializeUntypedAsync(file, rowGroupIndex: group);
        return (IReadOnlyList<Dictionary<string, object>>)[.. result.Data];
    });

    // The library's own exceptions for damage are many, of its decoders and of the runtime.
    static T Reading<T>(string path, Func<Task<T>> read)
    {
        try
        {
            return Task.Run(read).GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new DataException($"{path}: cannot be read as Parquet: {error.Message}", error);
        }
    }

    static JsonObject Members(IDictionary row)
    {
        var members = new JsonObject();
        foreach (DictionaryEntry member in row)
            if (Node(member.Value) is { } value) members[(string)member.Key] = value;
        return members;
    }

    /// <summary>A missing value is a missing member: a struct's column stands in every row.</summary>
    static JsonNode? Node(object? value) => value switch
    {
        null => null,
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        IDictionary inner => Members(inner),
        byte[] bytes => JsonValue.Create(Convert.ToBase64String(bytes)),
        IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(Node)]),
        DateTime time => JsonValue.Create(time.ToString("o", CultureInfo.InvariantCulture)),
        ulong large => JsonValue.Create(large),
        float or double or decimal => JsonValue.Create(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        IConvertible whole => JsonValue.Create(Convert.ToInt64(whole, CultureInfo.InvariantCulture)),
        _ => JsonValue.Create(Convert.ToString(value, CultureInfo.InvariantCulture)),
    };
}

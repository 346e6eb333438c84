// Encodes rows on all cores, a block at a time and in order. What fails is told with its place. Knows no form of rows.
using System.Text.Json;
using Majlis.Text;
using Majlis.Text.Jinja;

namespace Majlis.Trainer.Data;

public static class EncodedRows
{
    const int Block = 4096;

    /// <param name="paths">Files that <see cref="RowFiles"/> reads.</param>
    /// <param name="encode">From a row's members and place to what is trained on. Runs on several threads.</param>
    /// <exception cref="DataException">A file or a row cannot be read; of several the first is named.</exception>
    public static IEnumerable<T> Of<T>(IEnumerable<string> paths, Func<System.Text.Json.Nodes.JsonObject, string, T> encode)
    {
        var any = false;
        foreach (var block in RowFiles.Of(paths).Chunk(Block))
        {
            any = true;
            var read = new (T? Encoded, DataException? Error)[block.Length];
            Parallel.For(0, block.Length, index => read[index] = Encode(block[index], encode));
            foreach (var (encoded, error) in read)
            {
                if (error is not null) throw error;
                yield return encoded!;
            }
        }
        if (!any) throw new DataException($"{string.Join(", ", paths)}: there are no rows.");
    }

    static (T?, DataException?) Encode<T>(DataRow row, Func<System.Text.Json.Nodes.JsonObject, string, T> encode)
    {
        try
        {
            return (encode(row.Parse(), row.Place), null);
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException or JinjaException
            or DataException)
        {
            return (default, new DataException($"{row.Place}: {Said(error)}", error));
        }
    }

    // A row is one line, and the place names it.
    static string Said(Exception error) => error is not JsonException damage ? error.Message
        : "not JSON: " + JsonDamage.Of(damage).Replace("line 1, ", "", StringComparison.Ordinal);
}

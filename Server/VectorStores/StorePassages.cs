// The passages of one file in one store, with their vectors where an embedding model is named: written once, read when a search needs
// them. Knows no search.
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Majlis.Server.Storage;
using Majlis.Server.Wire;

namespace Majlis.Server.VectorStores;

/// <param name="Start">Where it begins in its file, in UTF-16 units.</param>
/// <param name="Vector">fp32, little-endian; empty where no embedding model is named.</param>
sealed record StorePassage(string Text, int Start, byte[] Vector)
{
    [JsonIgnore]
    public ReadOnlySpan<float> Numbers => MemoryMarshal.Cast<byte, float>(Vector);
}

/// <param name="Encoder">The weights' hash of the encoder that made the vectors; null: there are none.</param>
sealed record PassageFile(string? Encoder, IReadOnlyList<StorePassage> Passages);

static class StorePassages
{
    static string Name(string store, string file) => $"{store}.{file}.passages";

    public static void Write(PrivateFolder folder, string store, string file, PassageFile passages) =>
        folder.Replace(Name(store, file), JsonSerializer.SerializeToUtf8Bytes(passages, WireJson.Wire.PassageFile));

    /// <summary>Null where the file has gone meanwhile.</summary>
    /// <exception cref="InvalidDataException">They are damaged; the message says what helps.</exception>
    public static PassageFile? Read(PrivateFolder folder, string store, string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(folder.PathOf(Name(store, file))), WireJson.Wire.PassageFile) is
            { Passages: not null } found ? found : throw new JsonException();
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (JsonException)
        {
            throw new InvalidDataException($"Its passages in {store} are damaged: take the file out of the store, and add it again.");
        }
    }

    public static void Delete(PrivateFolder folder, string store, string file) => folder.Delete(Name(store, file));
}

// The forms in which Cohere's API gives vectors. Plain numbers to JSON.
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Majlis.Server.Embeddings;

static class VectorForms
{
    public const string Float = "float";

    public static readonly string[] All = [Float, "int8", "uint8", "binary", "ubinary", "base64"];

    /// <summary>The vector as JSON.</summary>
    public static JsonNode Of(string form, float[] vector) => form switch
    {
        "base64" => Convert.ToBase64String(MemoryMarshal.AsBytes(vector.AsSpan())),
        "int8" => Numbers(Bytes(vector)),
        "uint8" => Numbers(Bytes(vector).Select(value => value + 128)),
        "ubinary" => Numbers(Signs(vector).Select(value => (int)value)),
        "binary" => Numbers(Signs(vector).Select(value => value - 128)),
        _ => new JsonArray([.. vector.Select(value => (JsonNode)value)]),
    };

    // Each vector is scaled so that its largest number becomes 127: cosines stay, products do not.
    static IEnumerable<int> Bytes(float[] vector)
    {
        var largest = vector.Max(Math.Abs);
        return vector.Select(value => largest == 0 ? 0 : (int)MathF.Round(value / largest * 127));
    }

    // A bit for each number, set where it is positive; the first is the highest of its byte, and zeros fill the last.
    static byte[] Signs(float[] vector)
    {
        var bytes = new byte[(vector.Length + 7) / 8];
        for (var i = 0; i < vector.Length; i++)
            if (vector[i] > 0) bytes[i / 8] |= (byte)(128 >> (i % 8));
        return bytes;
    }

    static JsonArray Numbers(IEnumerable<int> numbers) => new([.. numbers.Select(number => (JsonNode)number)]);
}

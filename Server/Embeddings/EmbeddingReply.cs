// The shapes of replies with vectors, as in OpenAI's specification and Cohere's. Data only.
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Majlis.Server.Rerank;

namespace Majlis.Server.Embeddings;

sealed record EmbeddingReply(string Object, IReadOnlyList<EmbeddingItem> Data, string Model, EmbeddingUsage Usage);

sealed record EmbeddingItem(string Object, EmbeddingVector Embedding, int Index);

sealed record EmbeddingUsage(int PromptTokens, int TotalTokens);

/// <summary>Cohere's, by the forms of vectors that were asked for.</summary>
sealed record CohereEmbedReply(string Id, JsonObject Embeddings, IReadOnlyList<string> Texts, CohereMeta Meta,
    string ResponseType = "embeddings_by_type");

/// <summary>Numbers, or their fp32 bytes (little-endian) in base64.</summary>
[JsonConverter(typeof(VectorWriter))]
sealed record EmbeddingVector(float[] Values, bool IsBase64);

sealed class VectorWriter : JsonConverter<EmbeddingVector>
{
    public override EmbeddingVector Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Vectors are written only.");

    public override void Write(Utf8JsonWriter writer, EmbeddingVector value, JsonSerializerOptions options)
    {
        if (value.IsBase64)
        {
            writer.WriteBase64StringValue(MemoryMarshal.AsBytes(value.Values.AsSpan()));
            return;
        }
        writer.WriteStartArray();
        foreach (var number in value.Values) writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }
}

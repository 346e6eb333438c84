// Small random networks of any family, in memory, for tests that compare two implementations and need no file.
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Model;
using Majlis.Model.Families;

namespace Majlis.tests.Torch;

static class TinyModel
{
    /// <summary>A config of 4 layers, 4 query and 2 key heads of 8, vocabulary 96; fields given override.</summary>
    public static Blueprint Blueprint(string family, params (string Name, JsonNode? Value)[] fields)
    {
        var config = new JsonObject
        {
            ["model_type"] = family,
            ["vocab_size"] = 96,
            ["hidden_size"] = 32,
            ["intermediate_size"] = 40,
            ["num_hidden_layers"] = 4,
            ["num_attention_heads"] = 4,
            ["num_key_value_heads"] = 2,
            ["head_dim"] = 8,
            ["max_position_embeddings"] = 512,
        };
        foreach (var (name, value) in fields) config[name] = value;
        return Families.Read(JsonSerializer.SerializeToElement(config));
    }

    public static MemoryWeights Weights(Blueprint blueprint, int seed)
    {
        var random = new Random(seed);
        return new MemoryWeights(blueprint.Tensors()
            .ToDictionary(pair => pair.Key, pair => (pair.Value, Draw(pair.Key, pair.Value, random))));
    }

    static float[] Draw(string name, ImmutableArray<long> shape, Random random)
    {
        var isNorm = shape.Length == 1 || name.Contains("norm", StringComparison.OrdinalIgnoreCase);
        var scale = isNorm ? 0.2 : 2 / Math.Sqrt(shape[^1]);
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)((isNorm && name.EndsWith("weight", StringComparison.Ordinal) ? 1
                : 0) + scale * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5));
        return values;
    }
}

sealed class MemoryWeights(Dictionary<string, (ImmutableArray<long> Shape, float[] Values)> tensors) : IWeightSource
{
    public IReadOnlyDictionary<string,
        TensorInfo> Tensors
    { get; } =
        tensors.ToDictionary(pair => pair.Key, pair => new TensorInfo(pair.Key, TensorType.F32, pair.Value.Shape));

    public float[] this[string name] => tensors[name].Values;

    public void Read(string name, long firstElement, Span<float> destination) =>
        tensors[name].Values.AsSpan((int)firstElement, destination.Length).CopyTo(destination);

    public ReadOnlySpan<byte> Raw(string name, long firstByte, int byteCount) =>
        MemoryMarshal.AsBytes(tensors[name].Values.AsSpan()).Slice((int)firstByte, byteCount);

    public void Dispose() { }
}

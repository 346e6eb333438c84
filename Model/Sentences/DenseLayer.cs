// A dense layer behind the pooling (LaBSE, distiluse), read from its folder. Computed here: it is one small product a text.
using Majlis.Model.Weights;
using Majlis.Text;

namespace Majlis.Model.Sentences;

/// <summary>y = activation(W x + b), with W [Outputs, Inputs] in fp32.</summary>
public sealed class DenseLayer : VectorStep
{
    readonly float[] weight;
    readonly float[]? bias;
    readonly bool isTanh;

    /// <param name="folder">Holds config.json and model.safetensors.</param>
    /// <param name="inputs">Elements of the vector it gets.</param>
    /// <exception cref="ModelFormatException">A file is missing, a size contradicts the other, or the activation is not known.</exception>
    public DenseLayer(string folder, int inputs)
    {
        var path = Path.Combine(folder, CheckpointFiles.Config);
        using var config = ModelJson.Read(path);
        var fields = new SentenceFields(path, config.RootElement);
        if (fields.Count("in_features") != inputs) throw fields.Wrong("in_features", $"{inputs}, which comes out of the pooling");
        Outputs = fields.Count("out_features");
        isTanh = fields.Text("activation_function")?.Split('.')[^1] switch
        {
            null or "Tanh" => true,
            "Identity" => false,
            _ => throw fields.Wrong("activation_function", "Tanh or Identity"),
        };
        using var stored = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
        weight = Read(stored, "linear.weight", Outputs * inputs);
        bias = fields.Flag("bias", absent: true) ? Read(stored, "linear.bias", Outputs) : null;
    }

    public int Outputs { get; }

    public override float[] Apply(float[] vector)
    {
        var result = new float[Outputs];
        for (var row = 0; row < Outputs; row++)
        {
            var sum = VectorMath.Dot(weight.AsSpan(row * vector.Length, vector.Length), vector) + (bias?[row] ?? 0);
            result[row] = isTanh ? MathF.Tanh(sum) : sum;
        }
        return result;
    }

    static float[] Read(SafetensorsFile file, string name, int count)
    {
        if (!file.Tensors.TryGetValue(name, out var tensor) || tensor.Elements != count)
            throw new ModelFormatException($"{file.Path}: tensor '{name}' with {count} numbers is expected.");
        var values = new float[count];
        file.Read(name, 0, values);
        return values;
    }
}

// The weights in an ONNX file under the names of the modules that they belong to. torch's exporter keeps the names of biases, norms and
// tables; a matrix is told by the bias that is added to its product. Knows no network.
using System.Runtime.InteropServices;
using Majlis.Text.Tokenizers.Vocabularies;

namespace Majlis.tests.Inference.Sentences;

sealed record OnnxTensor(long[] Shape, float[] Values);

static class OnnxWeights
{
    /// <summary>Every fp32 tensor; matrices are turned from [in, out] to [out, in].</summary>
    public static Dictionary<string, OnnxTensor> Read(ReadOnlySpan<byte> file)
    {
        var (stored, products, sums) = (new Dictionary<string, OnnxTensor>(), new Dictionary<string, string>(), new List<string[]>());
        var model = new ProtobufReader(file, "model.onnx");
        while (model.Next())
        {
            if (model.Field != 7) continue;
            var graph = model.Message();
            while (graph.Next())
                if (graph.Field == 5) Tensor(graph.Message(), stored);
                else if (graph.Field == 1) Node(graph.Message(), products, sums);
        }
        var named = stored.Where(tensor => tensor.Key.Contains('.')).ToDictionary();
        foreach (var inputs in sums)
            if (inputs.FirstOrDefault(name => name.EndsWith(".bias", StringComparison.Ordinal) && stored.ContainsKey(name)) is { } bias
                && inputs.FirstOrDefault(products.ContainsKey) is { } product && stored.TryGetValue(products[product], out var matrix))
                named[bias[..^".bias".Length] + ".weight"] = Turned(matrix);
        return named;
    }

    static void Tensor(ProtobufReader tensor, Dictionary<string, OnnxTensor> stored)
    {
        var (name, shape, values, type) = ("", new List<long>(), Array.Empty<float>(), 0ul);
        while (tensor.Next())
            switch (tensor.Field)
            {
                case 1: shape.Add((long)tensor.Number()); break;
                case 2: type = tensor.Number(); break;
                case 8: name = tensor.Text(); break;
                case 9: values = type is 0 or 1 ? MemoryMarshal.Cast<byte, float>(tensor.Bytes()).ToArray() : []; break;
            }
        if (values.Length > 0) stored[name] = new([.. shape], values);
    }

    static void Node(ProtobufReader node, Dictionary<string, string> products, List<string[]> sums)
    {
        var (inputs, output, kind) = (new List<string>(), "", "");
        while (node.Next())
            switch (node.Field)
            {
                case 1: inputs.Add(node.Text()); break;
                case 2: output = node.Text(); break;
                case 4: kind = node.Text(); break;
            }
        if (kind == "MatMul") products[output] = inputs[1];
        else if (kind == "Add") sums.Add([.. inputs]);
    }

    static OnnxTensor Turned(OnnxTensor matrix)
    {
        var (rows, columns) = ((int)matrix.Shape[0], (int)matrix.Shape[1]);
        var values = new float[matrix.Values.Length];
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++) values[column * rows + row] = matrix.Values[row * columns + column];
        return new([columns, rows], values);
    }
}

// Sets of fp32 tensors as one safetensors file, flushed to disk. Does not know what they are.
using Majlis.Model;
using Majlis.Model.Weights;
using static TorchSharp.torch;

namespace Majlis.Trainer.Optimization;

static class TensorFile
{
    public static void Write(string path, IEnumerable<(string Name, long[] Shape, float[] Values)> tensors) =>
        Write(path, tensors.Select(tensor => (tensor.Name, tensor.Shape, (Func<float[]>)(() => tensor.Values))));

    public static void Write(string path, IEnumerable<(string Name, Tensor Value)> tensors) =>
        Write(path, tensors.Select(tensor => Entry(tensor.Name, tensor.Value)));

    /// <summary>Takes the numbers tensor by tensor: no second copy of all is ever in memory.</summary>
    public static void Write(string path, IEnumerable<(string Name, long[] Shape, Func<float[]> Numbers)> tensors)
    {
        var byName = tensors.ToDictionary(tensor => tensor.Name);
        Write(path, byName.Values.Select(tensor => new TensorInfo(tensor.Name, TensorType.F32, [.. tensor.Shape])),
            name => byName[name].Numbers());
    }

    public static (string Name, long[] Shape, Func<float[]> Numbers) Entry(string name, Tensor value) => (name, value.shape, () =>
    {
        using var scope = NewDisposeScope();
        return value.detach().cpu().data<float>().ToArray();
    }
    );

    static void Write(string path, IEnumerable<TensorInfo> tensors, Func<string, float[]> values)
    {
        SafetensorsWriter.WriteFile(path, tensors, (info, output) => output.Write(values(info.Name)));
        using var written = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        written.Flush(flushToDisk: true);
    }
}

// Sets of fp32 tensors as one safetensors file, flushed to disk. Does not know what they are.
using Majlis.Model;
using Majlis.Model.Weights;
using static TorchSharp.torch;

namespace Majlis.Trainer.Optimization;

static class TensorFile
{
    public static void Write(string path, IEnumerable<(string Name, long[] Shape, float[] Values)> tensors)
    {
        var byName = tensors.ToDictionary(tensor => tensor.Name);
        Write(path, byName.Values.Select(tensor => new TensorInfo(tensor.Name, TensorType.F32, [.. tensor.Shape])),
            name => byName[name].Values);
    }

    /// <summary>Copies tensor by tensor: no second copy of all is ever in memory.</summary>
    public static void Write(string path, IEnumerable<(string Name, Tensor Value)> tensors)
    {
        var byName = tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Value);
        Write(path, byName.Select(tensor => new TensorInfo(tensor.Key, TensorType.F32, [.. tensor.Value.shape])), name =>
        {
            using var scope = NewDisposeScope();
            return byName[name].detach().cpu().data<float>().ToArray();
        });
    }

    static void Write(string path, IEnumerable<TensorInfo> tensors, Func<string, float[]> values)
    {
        SafetensorsWriter.WriteFile(path, tensors, (info, output) => output.Write(values(info.Name)));
        using var written = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        written.Flush(flushToDisk: true);
    }
}

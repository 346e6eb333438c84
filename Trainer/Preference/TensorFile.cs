// Small sets of fp32 tensors as one safetensors file, flushed to disk. Does not know what they are.
using Majlis.Model;
using Majlis.Model.Weights;

namespace Majlis.Trainer.Preference;

static class TensorFile
{
    public static void Write(string path, IEnumerable<(string Name, long[] Shape, float[] Values)> tensors)
    {
        var byName = tensors.ToDictionary(tensor => tensor.Name);
        SafetensorsWriter.WriteFile(path, byName.Values.Select(tensor => new TensorInfo(tensor.Name, TensorType.F32, [.. tensor.Shape])),
            (info, output) => output.Write(byName[info.Name].Values));
        using var written = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        written.Flush(flushToDisk: true);
    }
}

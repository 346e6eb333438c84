// The parts of a split GGUF as one model: the first part's keys, the tensors of all. Knows no tensor's meaning.
using System.Collections.Immutable;

namespace Majlis.Model.Weights.Gguf;

sealed class GgufParts(ImmutableArray<GgufFile> files)
{
    /// <summary>The part whose keys describe the model.</summary>
    public GgufFile First => files[0];

    public bool Has(string name) => Find(name) is not null;

    /// <summary>A tensor under its name in the file, and the part that holds it.</summary>
    public (GgufFile File, GgufTensor Tensor)? Find(string name)
    {
        foreach (var file in files)
            if (file.Tensors.FirstOrDefault(tensor => tensor.Info.Name == name) is { } tensor) return (file, tensor);
        return null;
    }
}

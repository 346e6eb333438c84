// The ranges of a tensor that may be read. Knows sizes only.
using Majlis.Text;

namespace Majlis.Model.Weights;

static class TensorRange
{
    /// <summary>Refuses a range outside the tensor, or one that begins or ends inside a block of a quantised type.</summary>
    public static void Check(string path, TensorInfo info, long firstElement, int count)
    {
        if (firstElement < 0 || firstElement > info.Elements - count)
            throw new ModelFormatException($"{path}: {info.Name} has {info.Elements} elements; asked for {count} from {firstElement} on.");
        var block = TensorLayout.Block(info.Type).Elements;
        if (firstElement % block != 0 || count % block != 0)
            throw new ModelFormatException($"{path}: {info.Name} is {info.Type}, which is read in blocks of {block}; asked for {count} " +
                $"from {firstElement} on.");
    }
}

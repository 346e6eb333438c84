// The gradients that custom operations return. Native code takes them only after the call, so the call cannot free them; left to the scope
// around the whole pass, those of all layers would be there at once. Each call frees the last one's. Knows no operation.
using static TorchSharp.torch;

namespace Majlis.Torch.Packed;

/// <summary>One for all operations of a pass, which go backwards one after another.</summary>
sealed class ReturnedGradients
{
    List<Tensor> last = [];

    /// <param name="gradient">Of the operation's result; freed here.</param>
    /// <param name="compute">The inputs' gradients from it; whatever else it makes is freed.</param>
    public List<Tensor> Of(Tensor gradient, Func<Tensor, List<Tensor>> compute)
    {
        List<Tensor> gradients;
        using (NewDisposeScope())
        {
            gradients = compute(gradient.contiguous());
            foreach (var own in gradients) own?.MoveToOuterDisposeScope();
        }
        gradient.Dispose();
        foreach (var taken in last) taken.Dispose();
        last = [.. gradients.OfType<Tensor>()];
        return gradients;
    }
}

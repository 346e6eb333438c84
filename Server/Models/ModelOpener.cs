// From a model's path to weights ready to serve. The only code of the server that names a backend.
using Majlis.Inference;
using Majlis.Model;
using Majlis.Text;
using Majlis.Torch;

namespace Majlis.Server.Models;

static class ModelOpener
{
    /// <summary>Opens a GGUF file or a Hugging Face folder under the name that clients see, and allocates its cache.</summary>
    /// <exception cref="ModelFormatException">It cannot be served; the message names what is missing or wrong.</exception>
    public static LoadedModel Open(string path, string version, EngineOptions options)
    {
        var checkpoint = Checkpoint.Open(path);
        TorchNetwork? network = null;
        try
        {
            if (checkpoint.Blueprint.HeadKind != HeadKind.LanguageModel)
                throw new ModelFormatException($"{path}: a {checkpoint.Blueprint.Family} model without a language head writes no answers.");
            var tokenizer = checkpoint.Tokenizer
                ?? throw new ModelFormatException($"{path}: there is no tokenizer.json, tokenizer.model or GGUF vocabulary.");
            network = new TorchNetwork(checkpoint.Blueprint, checkpoint.Weights);
            return new LoadedModel(network, checkpoint.Blueprint.MaxPositions, options)
            {
                Version = version,
                WeightsHash = checkpoint.WeightsHash,
                Tokenizer = tokenizer,
                ChatTemplate = checkpoint.ChatTemplate,
                Defaults = checkpoint.Generation,
                Source = checkpoint,
            };
        }
        catch
        {
            network?.Dispose();
            checkpoint.Dispose();
            throw;
        }
    }
}

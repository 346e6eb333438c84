// A model's path to weights ready to serve: the one place of the server that names a backend.
using Majlis.Inference;
using Majlis.Model;
using Majlis.Text;
using Majlis.Torch;

namespace Majlis.Server.Models;

static class ModelOpener
{
    /// <summary>Opens a GGUF file or a Hugging Face folder under the name that clients will see.</summary>
    /// <exception cref="ModelFormatException">It cannot be served; the message says what is missing or wrong.</exception>
    public static LoadedModel Open(string path, string version)
    {
        var checkpoint = Checkpoint.Open(path);
        try
        {
            if (checkpoint.Blueprint.HeadKind != HeadKind.LanguageModel)
                throw new ModelFormatException($"{path}: a {checkpoint.Blueprint.Family} model without a language head writes no answers.");
            return new LoadedModel
            {
                Version = version,
                WeightsHash = checkpoint.WeightsHash,
                Network = new TorchNetwork(checkpoint.Blueprint, checkpoint.Weights),
                Tokenizer = checkpoint.Tokenizer
                    ?? throw new ModelFormatException($"{path}: there is no tokenizer.json, tokenizer.model or GGUF vocabulary."),
                ChatTemplate = checkpoint.ChatTemplate,
                Defaults = checkpoint.Generation,
                MaxContext = checkpoint.Blueprint.MaxPositions,
                Source = checkpoint,
            };
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }
}

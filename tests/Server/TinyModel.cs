// A loaded model with byte tokens around a RecitingNetwork.
using Majlis.Inference;
using Majlis.Model;
using Majlis.Text.Chat;
using Majlis.Text.Tokenizers;

namespace Majlis.tests.Server;

static class TinyModel
{
    public const string Hash = "sha256-of-nothing";

    public static LoadedModel Of(RecitingNetwork network, string version = "tiny", string template = TinyText.Template,
        int? context = null, EngineOptions? options = null, TextTokenizer? tokenizer = null, float? topP = null) =>
        new(network, context ?? network.Blueprint.MaxPositions, options ?? new())
        {
            Version = version,
            WeightsHash = version == "tiny" ? Hash : $"hash-of-{version}",
            Tokenizer = tokenizer ?? TinyText.Tokenizer,
            ChatTemplate = ChatTemplate.Parse(template, new SpecialTokens()),
            Defaults = new GenerationDefaults([RecitingNetwork.ImEnd], null) { TopP = topP },
        };
}

// From a model to what encodes rows for it. Knows no files of rows.
using Majlis.Model;
using Majlis.Text;
using Majlis.Text.Chat;
using Majlis.Text.Tokenizers;

namespace Majlis.Trainer.Data;

static class ModelEncoder
{
    /// <exception cref="ModelFormatException">The model has no tokenizer, or one that its network does not fit.</exception>
    public static RowEncoder Of(Checkpoint checkpoint, int maxLength, bool wholeText, TimeProvider time)
    {
        var tokenizer = checkpoint.Tokenizer
            ?? throw new ModelFormatException($"{checkpoint.Path}: has no {CheckpointFiles.Tokenizer}, which training on text needs.");
        if (tokenizer.VocabularySize > checkpoint.Blueprint.VocabularySize)
            throw new ModelFormatException($"{checkpoint.Path}: the tokenizer has {tokenizer.VocabularySize} tokens, the network only "
                + $"{checkpoint.Blueprint.VocabularySize}.");
        if (maxLength > checkpoint.Blueprint.MaxPositions)
            throw new ModelFormatException($"max_length: {maxLength} is above the {checkpoint.Blueprint.MaxPositions} positions "
                + "that the network's config allows.");
        return new RowEncoder(tokenizer, checkpoint.ChatTemplate, End(checkpoint, tokenizer), wholeText, time)
        {
            Vocabulary = checkpoint.Blueprint.VocabularySize,
        };
    }

    static int? End(Checkpoint checkpoint, TextTokenizer tokenizer) => !Directory.Exists(checkpoint.Path)
        ? checkpoint.Generation.EosTokens is [var first, ..] ? first : null
        : TemplateFiles.SpecialTokens(checkpoint.Path).Eos is { } text ? tokenizer.TokenId(text) : null;
}

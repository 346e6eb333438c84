// Creates the model that a definition describes.
namespace Majlis.Text.Tokenizers.Models;

static class TokenModels
{
    public static TokenModel Build(TokenizerDefinition definition) => definition.Model.Kind switch
    {
        ModelKind.Bpe => BytePairs(definition),
        ModelKind.Unigram => new UnigramModel(definition.Model),
        ModelKind.WordPiece => new WordPieceModel(definition.Model, Unknown(definition)),
        _ => new WordLevelModel(definition.Model, Unknown(definition)),
    };

    static TokenModel BytePairs(TokenizerDefinition definition)
    {
        var own = new BytePairModel(definition.Model, definition.Model.UnknownToken is null ? -1 : Unknown(definition));
        return LibraryBytePairModel.Fits(definition.Model) ? new LibraryBytePairModel(definition.Model, own) : own;
    }

    static int Unknown(TokenizerDefinition definition)
    {
        var token = definition.Model.UnknownToken ?? throw new ModelFormatException($"{definition.Source}: model lacks unk_token.");
        return definition.Model.Vocabulary.Id(token)
            ?? throw new ModelFormatException($"{definition.Source}: model.unk_token \"{token}\" is not in model.vocab.");
    }
}

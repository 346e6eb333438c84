// Vocabularies for masks: that of the reference masks, a real model's, and the plain oracle that tries each token alone.
using Majlis.Inference.Grammars;
using Majlis.tests.Support;
using Majlis.Text.Tokenizers;

namespace Majlis.tests.Inference.Grammars;

static class Vocabularies
{
    static readonly Lazy<(TextTokenizer Tokenizer, TokenTrie Trie)> golden = new(() =>
    {
        var tokenizer = TextTokenizer.FromJson(Shared.Require(Shared.Golden("decoding", "structured", "tokenizer.json")));
        return (tokenizer, new(tokenizer, tokenizer.VocabularySize));
    });

    public static TextTokenizer GoldenTokenizer => golden.Value.Tokenizer;

    /// <summary>512 byte-level tokens; 0 and 1 begin and end a text.</summary>
    public static TokenTrie Golden => golden.Value.Trie;

    /// <summary>The tokens after which the text so far is still the beginning of a text of the grammar, each tried alone.</summary>
    public static IEnumerable<int> Allowed(Grammar grammar, ReadOnlySpan<byte> written, TokenTrie trie)
    {
        var start = grammar.Start;
        foreach (var value in written) start = grammar.Derivatives.Next(start, value);
        var allowed = new List<int>();
        for (var token = 0; token < trie.VocabularySize; token++)
        {
            var state = trie.Bytes(token).IsEmpty ? grammar.Table.Nothing : start;
            foreach (var value in trie.Bytes(token)) state = grammar.Derivatives.Next(state, value);
            if (state != grammar.Table.Nothing) allowed.Add(token);
        }
        return allowed;
    }

    public static IEnumerable<int> Members(TokenMask mask, TokenTrie trie) => Enumerable.Range(0, trie.VocabularySize).Where(mask.Allows);
}

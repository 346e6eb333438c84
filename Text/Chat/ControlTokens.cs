// The tokens that outside text must not become: added ones that are flagged special, look like a control mark, or are written
// by the chat template. (Command R's turn tokens and Qwen's tool marks are not flagged special.) Other added tokens, like
// Gemma's HTML tags, are ordinary words of the vocabulary.
using System.Globalization;
using System.Text;
using Majlis.Text.Normalization;
using Majlis.Text.Tokenizers;

namespace Majlis.Text.Chat;

sealed class ControlTokens
{
    // Characters that compatibility normalisation turns into others: ＜ into <.
    static readonly Lazy<Dictionary<char, string>> compatible = new(() => Enumerable.Range(0x80, 0xFFFE - 0x80).Select(code => (char)code)
        .Where(c =>
            !char.IsLetterOrDigit(c) && !char.IsSurrogate(c)
            && char.GetUnicodeCategory(c) is not (UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse))
        .Select(c => (Sign: c, Normal: UnicodeForms.Normalize(c.ToString(), NormalizationForm.FormKC)))
        .Where(pair => pair.Normal != pair.Sign.ToString())
        .ToDictionary(pair => pair.Sign, pair => pair.Normal));

    readonly HashSet<char> firstSigns;
    readonly ILookup<char, string> byFirst;

    /// <param name="tokenizer">The tokenizer with the added tokens.</param>
    /// <param name="written">The texts that the template may write.</param>
    public ControlTokens(TextTokenizer tokenizer, IReadOnlyCollection<string> written)
    {
        var texts = tokenizer.AddedTokenIds.Select(id => (Id: id, Text: tokenizer.TokenText(id)!))
            .Where(token => token.Text.Length > 1 && !token.Text.All(c => char.IsWhiteSpace(c) || c == '▁'))
            .Where(token => tokenizer.IsControl(token.Id)
                || written.Any(text => text.Contains(token.Text, StringComparison.Ordinal))).ToList();
        Ids = texts.Select(token => token.Id).ToHashSet();
        Texts = [.. texts.Select(token => token.Text)];
        firstSigns = [.. Texts.Select(text => text[0])
            .Where(c => !char.IsLetterOrDigit(c) && !char.IsSurrogate(c) && !char.IsWhiteSpace(c))];
        byFirst = Texts.ToLookup(text => text[0]);
    }

    public IReadOnlySet<int> Ids { get; }

    public IReadOnlyList<string> Texts { get; }

    /// <summary>Whether a token may begin with this char, also after compatibility normalisation (full-width ＜).</summary>
    public bool MayBegin(char c) => firstSigns.Contains(c)
        || (c > '\u007f' && compatible.Value.TryGetValue(c, out var normal) && normal.Any(firstSigns.Contains));

    /// <summary>The tokens whose text stands in <paramref name="text"/> at <paramref name="at"/>, or begins there and is cut off
    /// by the text's end.</summary>
    public IEnumerable<string> At(string text, int at) => byFirst[text[at]].Where(token => at + token.Length <= text.Length
        ? string.CompareOrdinal(text, at, token, 0, token.Length) == 0
        : string.CompareOrdinal(text, at, token, 0, text.Length - at) == 0);
}

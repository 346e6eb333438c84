// Text to token ids and back, exactly as the model's own tokenizer. Knows nothing of chat templates or networks.
using System.Collections.Immutable;
using Majlis.Text.Tokenizers.Decoders;
using Majlis.Text.Tokenizers.Models;
using Majlis.Text.Tokenizers.Normalizers;
using Majlis.Text.Tokenizers.Splitting;
using Majlis.Text.Tokenizers.Vocabularies;

namespace Majlis.Text.Tokenizers;

/// <summary>A tokenizer ready for use: immutable, safe for any number of threads.</summary>
public sealed class TextTokenizer
{
    readonly TokenizerDefinition definition;
    readonly EncodingParts encoding;
    readonly PostProcessor postProcessor;
    readonly IReadOnlyList<DecodeStage> decoding;
    readonly TokenBytesReader bytes;
    readonly Dictionary<int, AddedToken> added;
    readonly Dictionary<string, int> addedIds = new(StringComparer.Ordinal);
    readonly HashSet<string> specials;
    readonly Dictionary<int, string> normalizedTexts = [];
    readonly int? unknown;

    /// <exception cref="ModelFormatException">A section of the definition cannot be used.</exception>
    public TextTokenizer(TokenizerDefinition definition)
    {
        this.definition = definition;
        added = definition.AddedTokens.ToDictionary(token => token.Id);
        specials = [.. definition.AddedTokens.Where(token => token.Special).Select(token => token.Content)];
        unknown = definition.Model.UnknownId ?? (definition.Model.UnknownToken is { } name ? definition.Model.Vocabulary.Id(name) : null);
        foreach (var token in definition.AddedTokens) addedIds[token.Content] = token.Id;
        VocabularySize = definition.AddedTokens.Select(token => token.Id + 1).Append(definition.Model.Vocabulary.Size).Max();
        LongestToken = definition.Model.Vocabulary.Entries.Select(entry => entry.Token.Length)
            .Concat(definition.AddedTokens.Select(token => token.Content.Length)).DefaultIfEmpty(1).Max();
        var normalizers = Section(definition.Normalizer, "normalizer") is { } section ? NormalizerReader.Read(section).ToList() : [];
        encoding = Assemble(normalizers);
        postProcessor = Section(definition.PostProcessor, "post_processor") is { } after ? PostProcessor.Read(after) : PostProcessor.None;
        decoding = DecoderReader.Read(Section(definition.Decoder, "decoder"));
        bytes = new TokenBytesReader(Section(definition.Decoder, "decoder"));
    }

    /// <summary>Opens a Hugging Face tokenizer.json, with the flags of a tokenizer_config.json beside it.</summary>
    /// <exception cref="ModelFormatException">The message names the file and the field.</exception>
    public static TextTokenizer FromJson(string path)
    {
        var read = TokenizerJsonReader.Read(File.ReadAllBytes(path), path);
        var config = Path.Combine(Path.GetDirectoryName(path) ?? "", "tokenizer_config.json");
        return new TextTokenizer(File.Exists(config) ? TokenizerJsonReader.WithConfig(read, File.ReadAllBytes(config), config) : read);
    }

    /// <summary>Reads the text of a tokenizer.json; messages call it <paramref name="name"/>.</summary>
    public static TextTokenizer ParseJson(ReadOnlyMemory<byte> json, string name) => new(TokenizerJsonReader.Read(json, name));

    /// <summary>
    /// Opens a SentencePiece .model (unigram or BPE). A tokenizer_config.json beside it says which tokens frame a text; without
    /// one a BPE model prepends BOS, as Llama's does.
    /// </summary>
    public static TextTokenizer FromSentencePiece(string path)
    {
        var config = Path.Combine(Path.GetDirectoryName(path) ?? "", "tokenizer_config.json");
        var model = File.ReadAllBytes(path);
        if (!File.Exists(config)) return new TextTokenizer(SentencePieceFile.Read(model, path, SentencePieceFrame.Unsaid));
        var settings = File.ReadAllBytes(config);
        var read = SentencePieceFile.Read(model, path, TokenizerJsonReader.ReadFrame(settings, config));
        return new TextTokenizer(TokenizerJsonReader.WithConfig(read, settings, config));
    }

    /// <summary>Highest id + 1, unused ids included.</summary>
    public int VocabularySize { get; }

    /// <summary>UTF-16 units of the longest token's spelling; a token rarely stands for more text.</summary>
    public int LongestToken { get; }

    /// <summary>Token ids of a text. With <paramref name="specialsAsText"/>, special tokens are not recognised in it.</summary>
    public int[] Encode(string text, bool addSpecialTokens, bool specialsAsText = false) =>
        Framed(Run(text, new TokenSink(tracked: false), specialsAsText ? SpecialsAsText : null).Ids, addSpecialTokens);

    /// <summary>Token ids of a text; stops when there are more than <paramref name="most"/>.</summary>
    public int[] EncodeUpTo(string text, int most) => Framed(Run(text, new TokenSink(tracked: false) { Most = most }, null).Ids, false);

    /// <summary>
    /// Token ids of a prompt that no template writes: framed as the tokenizer frames a text, but the begin-of-text token that the text
    /// brings itself is not put before it a second time. Stops when there are more than <paramref name="most"/>.
    /// </summary>
    public int[] EncodePrompt(string text, int most)
    {
        var ids = Run(text, new TokenSink(tracked: false) { Most = most }, null).Ids;
        var brought = ids.Count > 0 && postProcessor.Frame[0].Ids is [var begin] && ids[0] == begin;
        return brought ? Framed(ids[1..], true) : Framed(ids, true);
    }

    /// <summary>How many tokens frame a text.</summary>
    public int FrameLength => postProcessor.Frame.Sum(part => part.Ids?.Length ?? 0);

    /// <summary>Ids of a text with the tokens that frame it.</summary>
    public int[] Frame(IEnumerable<int> ids) => Framed([.. ids], addSpecialTokens: true);

    /// <summary>How many tokens frame a pair of texts.</summary>
    public int PairFrameLength => postProcessor.PairFrame.Sum(part => part.Ids?.Length ?? 0);

    /// <summary>Ids of two texts with the tokens that frame a pair, and the segment of each.</summary>
    public (int[] Ids, int[] Types) FramePair(IReadOnlyList<int> first, IReadOnlyList<int> second)
    {
        var parts = postProcessor.PairFrame
            .Select(part => (part.TypeId, Ids: part.Ids ?? (IReadOnlyList<int>)(part.IsSecond ? second : first))).ToArray();
        return ([.. parts.SelectMany(part => part.Ids)], [.. parts.SelectMany(part => Enumerable.Repeat(part.TypeId, part.Ids.Count))]);
    }

    /// <summary>Whether ids are framed already; false where this tokenizer frames nothing.</summary>
    public bool IsFramed(ReadOnlySpan<int> ids)
    {
        var text = postProcessor.Frame.IndexOf(postProcessor.Frame.First(part => part.Ids is null));
        int[] before = [.. postProcessor.Frame[..text].SelectMany(part => part.Ids!.Value)];
        int[] after = [.. postProcessor.Frame[(text + 1)..].SelectMany(part => part.Ids!.Value)];
        return FrameLength > 0 && ids.Length >= FrameLength && ids.StartsWith(before) && ids.EndsWith(after);
    }

    /// <summary>Ids with segment ids and offsets; see <see cref="TokenizedText"/>.</summary>
    public TokenizedText EncodeWithOffsets(string text, bool addSpecialTokens, bool specialsAsText = false)
    {
        return Framed(text, Run(text, new TokenSink(tracked: true), specialsAsText ? SpecialsAsText : null), addSpecialTokens);
    }

    /// <summary>
    /// Ids with offsets of one text, part of which is a stranger's: a token of <paramref name="control"/> forms only from characters that
    /// no position in <paramref name="cuts"/> (UTF-16 units, ascending) separates; otherwise other tokens spell its text, and nothing is
    /// inserted beside it: see <see cref="EncodingParts.CanPartText"/>. Stops when there are more than <paramref name="most"/>.
    /// </summary>
    internal TokenizedText EncodeAround(string text, IReadOnlySet<int> control, List<int> cuts, int most)
    {
        // The unknown token stands for unknown characters; it forges nothing.
        var forged = encoding.CanPartText ? Reading.TextApart : Reading.Text;
        var refused = control.Where(id => id != unknown).ToHashSet();
        return Framed(text, Run(text, new TokenSink(tracked: true) { Refused = refused, Most = most },
            (token, start, end) => !control.Contains(token.Id) || !IsParted(cuts, start, end) ? Reading.Token : forged),
            addSpecialTokens: false);
    }

    static bool IsParted(List<int> cuts, int start, int end)
    {
        var next = cuts.BinarySearch(start + 1);
        if (next < 0) next = ~next;
        return next < cuts.Count && cuts[next] < end;
    }

    TokenizedText Framed(string text, TokenSink sink, bool addSpecialTokens)
    {
        var offsets = Offsets(CodePoints.WellFormed(text), sink);
        var ids = ImmutableArray.CreateBuilder<int>();
        var types = ImmutableArray.CreateBuilder<int>();
        var places = ImmutableArray.CreateBuilder<(int, int)>();
        foreach (var part in postProcessor.Frame)
        {
            if (part.Ids is { } framing && !addSpecialTokens) continue;
            ids.AddRange(part.Ids ?? [.. sink.Ids]);
            types.AddRange(Enumerable.Repeat(part.TypeId, ids.Count - types.Count));
            places.AddRange(part.Ids is null ? offsets : new (int, int)[ids.Count - places.Count]);
        }
        return new TokenizedText(ids.ToImmutable(), types.ToImmutable(), places.ToImmutable());
    }

    /// <summary>The text of ids; ids without a token are skipped.</summary>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens) => Stream(skipSpecialTokens).All(ids);

    /// <summary>A decoding that returns text as tokens come.</summary>
    /// <param name="kept">Special tokens that are never skipped, by their spelling.</param>
    public TokenStream Stream(bool skipSpecialTokens, Predicate<string>? kept = null) => new(this, decoding, skipSpecialTokens, kept);

    /// <summary>The id of a token by its spelling in the vocabulary ("Ġthe", "▁the", "&lt;s&gt;"), or null.</summary>
    public int? TokenId(string token) => addedIds.TryGetValue(token, out var id) ? id : definition.Model.Vocabulary.Id(token);

    /// <summary>The token's spelling in the vocabulary, or null if the id has no token.</summary>
    public string? TokenText(int id) => added.TryGetValue(id, out var token) ? token.Content : definition.Model.Vocabulary.Token(id);

    /// <summary>The UTF-8 bytes that a token adds in the middle of a text; empty if the id has no token.</summary>
    public byte[] TokenBytes(int id) => TokenText(id) is not { } text ? [] : added.ContainsKey(id) ? Utf8(text) : bytes.Read(text);

    /// <summary>Whether the token is flagged special.</summary>
    public bool IsSpecial(int id) => TokenText(id) is { } text && specials.Contains(text);

    /// <summary>
    /// Whether the token steers a model instead of spelling text: flagged special, or added and of the form that llama.cpp takes for a
    /// control token whatever its flag says (DeepSeek writes the bars in full width).
    /// </summary>
    public bool IsControl(int id) => IsSpecial(id) || (added.TryGetValue(id, out var token)
        && (Has(token.Content, "<|", "|>") || Has(token.Content, "<｜", "｜>")));

    static bool Has(string text, string start, string end) =>
        text.StartsWith(start, StringComparison.Ordinal) && text.EndsWith(end, StringComparison.Ordinal);

    /// <summary>Every token that is recognised in text before the model runs, special or not.</summary>
    public IEnumerable<int> AddedTokenIds => added.Keys;

    /// <summary>This tokenizer as a tokenizer.json, whatever its source.</summary>
    public string ToJson() => TokenizerJsonWriter.Write(definition);

    /// <summary>The token as decoding reads it: added tokens that match after normalisation in their normalised form.</summary>
    internal string? DecodedText(int id) => normalizedTexts.TryGetValue(id, out var text) ? text : TokenText(id);

    /// <summary>Whether decoding without special tokens drops this text. The Rust library looks for the normalised text among
    /// the tokens' own contents, so it keeps a special token that normalisation changes.</summary>
    internal bool IsSkipped(string decodedText) => specials.Contains(decodedText);

    Reading SpecialsAsText(AddedToken token, int start, int end) => specials.Contains(token.Content) ? Reading.Text : Reading.Token;

    static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    int[] Framed(List<int> ids, bool addSpecialTokens) => !addSpecialTokens || postProcessor.Frame is [{ Ids: null }] ? [.. ids]
        : [.. postProcessor.Frame.SelectMany(part => part.Ids ?? (IEnumerable<int>)ids)];

    TokenSink Run(string text, TokenSink sink, TokenAdmission? admits)
    {
        new EncodingRun(encoding, sink, admits).Encode(CodePoints.WellFormed(text));
        return sink;
    }

    (int Start, int End)[] Offsets(string text, TokenSink sink)
    {
        var offsets = new OffsetFinisher(text).InCodePoints(sink.Ranges);
        if (postProcessor.TrimsAfterPrefix is not { } afterPrefix) return offsets;
        for (var i = 0; i < offsets.Length; i++)
        {
            // An added token's own text is its match, including stripped white space.
            var (start, end) = sink.Ranges[i];
            var token = added.ContainsKey(sink.Ids[i]) ? text[start..end] : TokenText(sink.Ids[i]);
            offsets[i] = OffsetFinisher.Trim(offsets[i], token, i == 0, afterPrefix);
        }
        return offsets;
    }

    EncodingParts Assemble(List<Normalizer> normalizers)
    {
        var flow = new NormalizerFlow(normalizers);
        var byForm = definition.AddedTokens.ToLookup(token => token.Normalized);
        foreach (var token in byForm[true]) normalizedTexts[token.Id] = flow.Run(token.Content);
        return new EncodingParts(
            new AddedTokenMatcher(byForm[false].Select(token => (token.Content, token))),
            new AddedTokenMatcher(byForm[true].Select(token => (normalizedTexts[token.Id], token))),
            normalizers,
            Section(definition.PreTokenizer, "pre_tokenizer") is { } section ? [.. SplitterReader.Read(section)] : [],
            TokenModels.Build(definition), definition.Model.Vocabulary);
    }

    JsonField? Section(System.Text.Json.JsonElement? value, string name) =>
        value is { } section ? new JsonField(definition.Source, name, section) : null;
}

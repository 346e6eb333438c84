// Tokens and their ids, both ways. Ids may have holes; two tokens may share an id (the later one is what the id reads as).
namespace Majlis.Model.Tokenizers;

/// <summary>A model's own tokens, without those added beside it. Filled once, then only read.</summary>
sealed class Vocabulary
{
    /// <summary>No model has more; a larger id in a file would only make us reserve memory for it.</summary>
    public const int MaxId = 1 << 22;

    readonly Dictionary<string, int> ids;
    readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup;
    string?[] tokens;

    public Vocabulary(int capacity)
    {
        ids = new Dictionary<string, int>(capacity, StringComparer.Ordinal);
        lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        tokens = new string?[capacity];
    }

    /// <summary>Highest id + 1.</summary>
    public int Size { get; private set; }

    public IReadOnlyDictionary<string, int> Ids => ids;

    public void Add(string token, int id)
    {
        if (id >= tokens.Length) Array.Resize(ref tokens, Math.Max(id + 1, Math.Min(tokens.Length * 2, MaxId)));
        ids[token] = id;
        tokens[id] = token;
        Size = Math.Max(Size, id + 1);
    }

    public string? Token(int id) => (uint)id < (uint)Size ? tokens[id] : null;

    public bool TryGetId(ReadOnlySpan<char> token, out int id) => lookup.TryGetValue(token, out id);

    public int? Id(ReadOnlySpan<char> token) => lookup.TryGetValue(token, out var id) ? id : null;
}

// The moves of the pointer that still wait to be kept in the store: one small file each, written under the lock before the pointer moves,
// so that no move goes unrecorded, whatever is away or killed. Knows no store.
using System.Globalization;
using System.Text.Json;
using Majlis.Text;

namespace Majlis.Model.Catalog;

public sealed partial class ModelCatalog
{
    const string MovesFolder = ".moves";

    /// <summary>Reads a record as <see cref="WaitingMove.Json"/> holds it.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static CatalogMove ReadMove(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, CatalogJson.Default.CatalogMove)!;

    /// <summary>The moves that wait, oldest first; a damaged file is left for people to look at.</summary>
    /// <exception cref="ModelFormatException">The pointer is damaged, so it is not known which moves were made.</exception>
    public IReadOnlyList<WaitingMove> WaitingMoves()
    {
        var moves = Path.Combine(folder, MovesFolder);
        if (!Directory.Exists(moves)) return [];
        // A later one was written by a process that was killed before the pointer moved; the next move replaces it.
        var last = State().Generation;
        return [.. Directory.EnumerateFiles(moves, "*.json").Order(StringComparer.Ordinal).Select(TryReadMove).OfType<WaitingMove>()
            .Where(waiting => waiting.Move.Generation <= last)];
    }

    /// <summary>The move is kept in the store.</summary>
    public void Kept(WaitingMove kept) => File.Delete(MovePath(kept.Move.Generation));

    void Note(CatalogState expected, CatalogState next, MoveNote note)
    {
        var generation = expected.Generation + 1;
        var (from, to) = note.Action is MoveNote.Trial or MoveNote.EndTrial
            ? (expected.Candidate, next.Candidate) : (expected.Current, next.Current);
        var move = new CatalogMove(time.GetUtcNow(), note.By, note.Action, from, to, generation, note.Reason,
            note.Action == MoveNote.Trial ? next.Share : null);
        Directory.CreateDirectory(Path.Combine(folder, MovesFolder));
        DurableFiles.Replace(MovePath(generation), JsonSerializer.SerializeToUtf8Bytes(move, CatalogJson.Default.CatalogMove));
    }

    string MovePath(long generation) =>
        Path.Combine(folder, MovesFolder, generation.ToString("D12", CultureInfo.InvariantCulture) + ".json");

    static WaitingMove? TryReadMove(string path)
    {
        try
        {
            var json = File.ReadAllBytes(path);
            return WaitingMove.Of(ReadMove(json), json);
        }
        catch (Exception gone) when (gone is JsonException or FileNotFoundException)
        {
            return null;
        }
    }
}

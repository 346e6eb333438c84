// A repository at one commit, as the hub lists it.
using System.Collections.Immutable;
using System.Text.Json;

namespace Majlis.Hub;

/// <summary>
/// A file of the repository. <paramref name="Blob"/> is its name in the cache: the sha256 where <paramref name="IsLarge"/> (LFS), else
/// git's sha1 of the blob.
/// </summary>
public sealed record HubFile(string Path, long Size, string Blob, bool IsLarge);

/// <summary>What the model API says about a revision.</summary>
public sealed record HubRepository(string Commit, ImmutableArray<HubFile> Files)
{
    /// <exception cref="HubException">The answer breaks the protocol.</exception>
    public static HubRepository Parse(JsonElement answer, string name)
    {
        var commit = Text(answer, "sha");
        if (commit is null || !IsHash(commit, 40)) throw new HubException($"{name}: the hub named no commit.");
        if (Find(answer, "siblings") is not { ValueKind: JsonValueKind.Array } siblings)
            throw new HubException($"{name}: the hub listed no files.");
        return new(commit, [.. siblings.EnumerateArray().Select(file => ParseFile(file, name))]);
    }

    static HubFile ParseFile(JsonElement file, string name)
    {
        var path = Text(file, "rfilename") ?? throw new HubException($"{name}: the hub listed a file without a name.");
        if (!IsInside(path)) throw new HubException($"{name}: the hub listed the file '{path}', which leaves the repository.");
        var lfs = Find(file, "lfs") is { ValueKind: JsonValueKind.Object } found ? found : (JsonElement?)null;
        var large = lfs is not null;
        var blob = lfs is { } pointer ? Text(pointer, "sha256") ?? Text(pointer, "oid") : Text(file, "blobId");
        var size = Size(lfs ?? file) ?? Size(file);
        if (blob is null || size is not >= 0 || !IsHash(blob, large ? 64 : 40))
            throw new HubException($"{name}: the hub gave neither size nor hash of '{path}'.");
        return new HubFile(path, size.Value, blob, large);
    }

    static bool IsInside(string path) => path.Length > 0 && !path.Contains('\\', StringComparison.Ordinal)
        && !path.Contains('\0', StringComparison.Ordinal)
        && path.Split('/').All(part => part is not ("" or "." or ".."));

    static bool IsHash(string text, int length) => text.Length == length && text.All(char.IsAsciiHexDigitLower);

    static JsonElement? Find(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) ? value : null;

    static long? Size(JsonElement of) =>
        Find(of, "size") is { ValueKind: JsonValueKind.Number } size && size.TryGetInt64(out var bytes) ? bytes : null;

    static string? Text(JsonElement of, string name) =>
        Find(of, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}

// A blob during its download: bytes at their places, and beside them a list of finished pieces, so that a killed download continues
// where it was. Knows nothing of HTTP. Its names end in .majlis, because huggingface_hub takes HASH.incomplete to be a prefix.
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Majlis.Hub;

/// <summary>Pieces may arrive in any order and from several threads; one process at a time holds the blob.</summary>
sealed class PartialBlob : IDisposable
{
    public const int PartBytes = 8 << 20;

    readonly HubFile file;
    readonly string target;
    readonly Lock gate = new();
    readonly SafeFileHandle data;
    readonly FileStream list;
    readonly HashSet<long> done = [];

    PartialBlob(HubFile file, string target)
    {
        this.file = file;
        this.target = target;
        list = OpenList();
        data = File.OpenHandle(DataPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        if (!ReadList()) StartOver();
    }

    string DataPath => target + ".majlis";

    string ListPath => target + ".majlis.pieces";

    /// <summary>The first byte of each piece that is still missing.</summary>
    public IReadOnlyList<long> Missing
    {
        get
        {
            lock (gate)
                return [.. Enumerable.Range(0, (int)((file.Size + PartBytes - 1) / PartBytes)).Select(piece => (long)piece * PartBytes)
                .Where(start => !done.Contains(start))];
        }
    }

    /// <exception cref="HubException">Another process is downloading it, or the disk takes no file of its size.</exception>
    public static PartialBlob Open(HubFile file, string target)
    {
        try
        {
            return new(file, target);
        }
        catch (IOException error)
        {
            throw new HubException($"{file.Path}: no file of {file.Size} bytes can be made for it: {error.Message}", error);
        }
    }

    public int Length(long start) => (int)Math.Min(PartBytes, file.Size - start);

    public ValueTask WriteAsync(long at, ReadOnlyMemory<byte> bytes, CancellationToken stop) =>
        RandomAccess.WriteAsync(data, bytes, at, stop);

    /// <summary>Marks the piece at <paramref name="start"/> as whole.</summary>
    public void Finish(long start)
    {
        lock (gate)
        {
            if (!done.Add(start)) return;
            list.Write(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{start}\n")));
            list.Flush();
        }
    }

    /// <summary>Checks the hash and gives the blob its name; wrong bytes are deleted.</summary>
    /// <exception cref="HubException">The hash is not the hub's.</exception>
    public void Complete()
    {
        if (Missing.Count > 0) throw new InvalidOperationException($"{file.Path} is not whole yet.");
        var hash = Hash();
        if (hash != file.Blob)
        {
            lock (gate) StartOver();
            throw new HubException($"{file.Path}: the bytes that came are not those the hub lists " +
                $"({(file.IsLarge ? "sha256" : "git sha1")} {hash}, expected {file.Blob}); they were thrown away.");
        }
        RandomAccess.FlushToDisk(data);
        Dispose();
        File.Move(DataPath, target, overwrite: true);
        File.Delete(ListPath);
    }

    public void Dispose()
    {
        data.Dispose();
        list.Dispose();
    }

    FileStream OpenList()
    {
        try
        {
            return new FileStream(ListPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (File.Exists(ListPath))
        {
            throw new HubException($"{file.Path}: another process is downloading it.", error);
        }
    }

    /// <summary>False where the list is torn or has another size or piece length: then none of it is used.</summary>
    bool ReadList()
    {
        var reader = new StreamReader(list);
        if (reader.ReadLine() != Head || RandomAccess.GetLength(data) != file.Size) return false;
        while (reader.ReadLine() is { } line)
        {
            if (!long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var start) || start % PartBytes != 0
                || start >= file.Size) return false;
            done.Add(start);
        }
        list.Seek(0, SeekOrigin.End);
        return true;
    }

    string Head => string.Create(CultureInfo.InvariantCulture, $"{file.Size} {PartBytes}");

    void StartOver()
    {
        done.Clear();
        list.SetLength(0);
        list.Write(System.Text.Encoding.ASCII.GetBytes(Head + "\n"));
        list.Flush();
        RandomAccess.SetLength(data, file.Size);
    }

    /// <summary>sha256 of the bytes, or git's sha1 of them with their header.</summary>
    string Hash()
    {
        using var hash = IncrementalHash.CreateHash(file.IsLarge ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        if (!file.IsLarge)
            hash.AppendData(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {file.Size}\0")));
        var buffer = new byte[1 << 20];
        for (var at = 0L; RandomAccess.Read(data, buffer, at) is > 0 and var count; at += count) hash.AppendData(buffer, 0, count);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

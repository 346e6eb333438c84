// sha256 of files, streamed. Knows nothing of their content.
using System.Security.Cryptography;

namespace Majlis.Model.Hashes;

public static class FileHash
{
    const int BufferBytes = 1 << 20;

    /// <summary>sha256 of one file as lower-case hex.</summary>
    public static string Of(string path) => OfAll([path]);

    /// <summary>sha256 over the bytes of several files, one after the other.</summary>
    public static string OfAll(IEnumerable<string> paths)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        foreach (var path in paths)
        {
            using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            for (long at = 0; RandomAccess.Read(file, buffer, at) is > 0 and var count; at += count) hash.AppendData(buffer, 0, count);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

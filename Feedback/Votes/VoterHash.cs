// Turns whoever votes into a keyed hash, so that no name is stored and nobody can try names without the key.
// Does not know where identities come from (a key's hash, a signed cookie).
using System.Security.Cryptography;
using System.Text;
using Majlis.Feedback.Store;

namespace Majlis.Feedback.Votes;

public sealed class VoterHash
{
    const int KeyBytes = 32;

    readonly byte[] key;

    /// <param name="key">32 secret bytes.</param>
    public VoterHash(byte[] key)
    {
        if (key.Length != KeyBytes)
            throw new ArgumentException($"The voters' key has {key.Length} bytes; {KeyBytes} are needed.", nameof(key));
        this.key = key;
    }

    /// <summary>Reads <c>voters.key</c> in the data folder, and makes it, for its owner only, where it is absent.</summary>
    /// <exception cref="InvalidDataException">The file is not 32 bytes long.</exception>
    public static VoterHash Open(string dataFolder)
    {
        var path = Path.Combine(dataFolder, "voters.key");
        if (!File.Exists(path)) PrivateFile.CreateNew(path, RandomNumberGenerator.GetBytes(KeyBytes));
        var key = File.ReadAllBytes(path);
        return key.Length == KeyBytes ? new VoterHash(key)
            : throw new InvalidDataException(
                $"{path} holds {key.Length} bytes; a voters' key has {KeyBytes}. Without the old key, old voters look new.");
    }

    /// <summary>HMAC-SHA256 of the identity, its first 16 bytes in hex.</summary>
    public string Of(string identity) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(identity)).AsSpan(0, 16));
}

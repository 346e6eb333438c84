// Turns a voter's identity into a keyed hash: no name is stored, and nobody can try names without the key.
// Does not know where identities come from (a key's hash, a signed cookie, an address).
using System.Security.Cryptography;
using System.Text;
using Majlis.Feedback.Store;

namespace Majlis.Feedback.Votes;

public sealed class VoterHash
{
    public const string FileName = "voters.key";

    const int KeyBytes = 32;

    readonly byte[] key;

    /// <param name="key">32 secret bytes.</param>
    public VoterHash(byte[] key)
    {
        if (key.Length != KeyBytes)
            throw new ArgumentException($"The voters' key has {key.Length} bytes; {KeyBytes} are needed.", nameof(key));
        this.key = key;
    }

    /// <summary>Reads <c>voters.key</c> in the data folder; makes it, for its owner only, where it is absent.</summary>
    /// <exception cref="FeedbackUnavailableException">The file is not 32 bytes long, or cannot be read or made.</exception>
    public static VoterHash Open(string dataFolder)
    {
        try
        {
            DataFolder.Prepare(dataFolder);
            var path = Path.Combine(dataFolder, FileName);
            if (!File.Exists(path)) PrivateFile.CreateNew(path, RandomNumberGenerator.GetBytes(KeyBytes));
            var read = File.ReadAllBytes(path);
            return read.Length == KeyBytes ? new VoterHash(read) : throw new FeedbackUnavailableException(
                $"{FileName} in the data folder holds {read.Length} bytes, and a voters' key has {KeyBytes}. Put the old one back from a "
                + "copy; or delete it and a new one is made, under which everybody who voted before counts as somebody new.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FeedbackUnavailableException($"{FileName} in the data folder can neither be read nor made: {error.Message}", error);
        }
    }

    /// <summary>HMAC-SHA256 of the identity, its first 16 bytes in hex.</summary>
    public string Of(string identity) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(identity)).AsSpan(0, 16));
}

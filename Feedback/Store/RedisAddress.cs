// Port and password of the embedded store, as data/redis.json tells them to other processes.
using System.Text.Json;

namespace Majlis.Feedback.Store;

/// <param name="Port">On 127.0.0.1.</param>
public sealed record RedisAddress(int Port, string Password)
{
    public const string FileName = "redis.json";

    /// <summary>Reads <c>redis.json</c> of a data folder, or gives null where no server has ever started in it.</summary>
    /// <exception cref="InvalidDataException">The file is not what a server writes.</exception>
    public static RedisAddress? TryRead(string dataFolder)
    {
        var path = Path.Combine(dataFolder, FileName);
        if (!File.Exists(path)) return null;
        try
        {
            var address = JsonSerializer.Deserialize(File.ReadAllBytes(path), FeedbackJson.Default.RedisAddress);
            if (address is { Port: > 0 and < 65536, Password.Length: > 0 }) return address;
        }
        catch (JsonException)
        {
            // Refused below, with the same message as for JSON without these fields.
        }
        throw new InvalidDataException(
            $"{path} does not say {{\"port\": number, \"password\": text}}; start the server again, which writes it anew.");
    }

    internal void Write(string dataFolder) =>
        PrivateFile.Replace(Path.Combine(dataFolder, FileName),
            JsonSerializer.SerializeToUtf8Bytes(this, FeedbackJson.Default.RedisAddress));
}

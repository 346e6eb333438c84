// The version that a share of the traffic tries, and which conversations these are. Knows no weights.
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Majlis.Server.Models;

/// <param name="Share">Of all conversations, above 0 and at most 1.</param>
sealed record Trial(string Version, double Share);

/// <summary>Thread-safe.</summary>
sealed class Trials
{
    volatile Trial? running;

    /// <summary>Null while none is tried.</summary>
    public Trial? Running
    {
        get => running;
        set => running = value;
    }

    const char Mark = ':';

    /// <summary>The name under which the model has the tried version's adapter; no adapter of another kind is called so.</summary>
    public static string Adapter(string version) => $"{Mark}{version}";

    public static bool IsTried(string adapter) => adapter.StartsWith(Mark);

    /// <summary>The version that answers a conversation where that is not the current one; always the same while the trial runs.</summary>
    public string? Of(string conversation) =>
        running is { } trial && Draw(trial.Version, conversation) < trial.Share ? trial.Version : null;

    /// <summary>A number in [0, 1), another for each conversation and version.</summary>
    static double Draw(string version, string conversation)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{version}\n{conversation}"));
        return BinaryPrimitives.ReadUInt64LittleEndian(hash) / Math.ScaleB(1, 64);
    }
}

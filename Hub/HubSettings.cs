// The hub's address, our token, and the cache's place on this machine, by the same variables as huggingface_hub.
namespace Majlis.Hub;

/// <summary>Endpoint without a trailing slash; token or null; the cache folder that holds models--ORG--NAME.</summary>
public sealed record HubSettings(string Endpoint, string? Token, string Cache, bool Offline)
{
    /// <param name="variable">Reads an environment variable; empty counts as absent.</param>
    public static HubSettings Read(Func<string, string?> variable)
    {
        string? Of(string name) => variable(name) is { Length: > 0 } value ? value : null;
        var user = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var home = Of("HF_HOME") ?? Path.Combine(Of("XDG_CACHE_HOME") ?? Path.Combine(user, ".cache"), "huggingface");
        var cache = Of("HF_HUB_CACHE") ?? Of("HUGGINGFACE_HUB_CACHE") ?? Path.Combine(home, "hub");
        var tokenFile = Of("HF_TOKEN_PATH") ?? Path.Combine(home, "token");
        var token = Of("HF_TOKEN") ?? (File.Exists(tokenFile) ? File.ReadAllText(tokenFile) : null);
        return new((Of("HF_ENDPOINT") ?? "https://huggingface.co").TrimEnd('/'),
            token?.Trim() is { Length: > 0 } given ? given : null, cache,
            Of("HF_HUB_OFFLINE") is "1" or "true" or "True" or "ON" or "on" or "YES" or "yes");
    }

    public static HubSettings FromEnvironment() => Read(Environment.GetEnvironmentVariable);
}

// Every log line about access. None holds a key.
namespace Majlis.Server.Access;

static partial class AccessLog
{
    [LoggerMessage(201, LogLevel.Warning, "Keys cannot be read; those known are served for another {Grace}, others get 503: {Reason}")]
    public static partial void KeysNotRead(this ILogger log, string reason, TimeSpan grace);

    [LoggerMessage(202, LogLevel.Information, "Keys are read from the store again.")]
    public static partial void KeysReadAgain(this ILogger log);

    [LoggerMessage(203, LogLevel.Information, "Callers need a key.")]
    public static partial void AsksForKeys(this ILogger log);

    [LoggerMessage(204, LogLevel.Information, "{Kind} '{Name}' (id {Id}) was added with role {Role}; it expires: {Expires}.")]
    public static partial void KeyAdded(this ILogger log, string kind, string name, string id, string role, string expires);

    [LoggerMessage(205, LogLevel.Information, "{Kind} '{Name}' (id {Id}) was revoked.")]
    public static partial void KeyRevoked(this ILogger log, string kind, string name, string id);
}

// Address and login of a real Redis as the user gave them, checked before anything starts. Messages repeat no part of them, since
// the wrong part may be the password.
using StackExchange.Redis;

namespace Majlis.Feedback.Store;

/// <param name="Redis"><c>HOST:PORT</c>, which options such as <c>,password=...</c> or <c>,ssl=true</c> may follow; null = none.</param>
/// <param name="Password">From the environment, which no other user sees.</param>
/// <param name="PasswordFile">A file that holds the password and nothing else.</param>
public sealed record RedisLogin(string? Redis, string? Password, string? PasswordFile)
{
    /// <summary>The hosts' environment variable that holds a password.</summary>
    public const string Variable = "MAJLIS_REDIS_PASSWORD";

    const string NotRepeated = "What was given is not repeated here, since it may hold a password.";

    /// <summary>Everything that is wrong, a line each, beginning with the option's name.</summary>
    public IEnumerable<string> Problems()
    {
        if (Redis is not null && AddressProblem(Redis) is { } problem) yield return $"--redis: {problem} {NotRepeated}";
        if (PasswordFile is null) yield break;
        if (Redis is null) yield return "--redis-password-file: there is no --redis to log in to.";
        if (Password is not null) yield return $"--redis-password-file: {Variable} is set as well; give one of them.";
        if (SecretFile.Problem(PasswordFile, "the password") is { } unreadable)
            yield return $"--redis-password-file: '{PasswordFile}' {unreadable}.";
    }

    /// <summary>The password to log in with; null where the address holds it or there is none.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public string? Secret() => PasswordFile is null ? Password : SecretFile.Read(PasswordFile);

    public override string ToString() => $"{nameof(RedisLogin)} {{ }}";

    static string? AddressProblem(string value)
    {
        var parts = value.Split(',');
        if (!IsHostAndPort(parts[0])) return "HOST:PORT is expected.";
        if (parts.Skip(1).Any(option => !option.Contains('=')))
            return $"Only NAME=VALUE may follow HOST:PORT after a comma; a password that has a comma comes from {Variable} or a file.";
        try
        {
            ConfigurationOptions.Parse(value);
            return null;
        }
        catch (Exception unknown) when (unknown is ArgumentException or FormatException)
        {
            return "One of the options after HOST:PORT is not known or has a value that it cannot have; "
                + $"a password that has a comma comes from {Variable} or a file.";
        }
    }

    static bool IsHostAndPort(string address) => address.LastIndexOf(':') is > 0 and var colon
        && ushort.TryParse(address[(colon + 1)..], out var port) && port > 0
        && Uri.CheckHostName(address[..colon]) != UriHostNameType.Unknown;
}

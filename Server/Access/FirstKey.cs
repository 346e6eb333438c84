// The first admin key of a server that others reach and that nobody gave a key: printed once, kept as its hash. An image asks for it, so
// that it starts at once; a plain server refuses instead. Knows no address.
using Majlis.Feedback.Store.Access;
using Majlis.Server.Access.Commands;
using Majlis.Server.Wire;

namespace Majlis.Server.Access;

sealed class FirstKey(ServerOptions options, KeyStore store, IdSource ids, TimeProvider time)
{
    /// <summary>The value of --first-key that asks for it.</summary>
    public const string Print = "print";

    /// <summary>The name under which the store keeps it.</summary>
    public const string Name = "first";

    const string Mark = "==========================================================================";

    public bool IsWanted => options.FirstKey == Print;

    /// <summary>What is wrong with the option's value, a line or none.</summary>
    public static IEnumerable<string> Problems(string? value)
    {
        if (value is not (null or Print)) yield return $"--first-key: '{value}' is not {Print}.";
    }

    /// <summary>Keeps the key durably, then prints it: on the console alone, since logs are collected and read by others.</summary>
    /// <exception cref="Feedback.Store.FeedbackUnavailableException">The store is away or not durable.</exception>
    public async Task MakeAsync()
    {
        var made = await NewKey.MakeAsync(new KeyWish(Name, Roles.Admin, null), store, ids, time.GetUtcNow());
        // Else another server of this store was faster, and has printed its own.
        if (!await store.AddAsync(made.Key, new($"first start on {Environment.MachineName}"))) return;
        await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, Mark,
            "The first admin key. It is shown this once; only its hash is kept:", made.Text,
            $"`key add NAME --role ROLE` makes others, `key revoke {Name}` ends this one.", Mark));
    }
}

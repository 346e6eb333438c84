// Options of votes, their training, keys and the log, on the command line. Knows no model and no address.
using System.CommandLine;
using Majlis.CommandLine;

namespace Majlis.Server.Flags;

sealed class StoreFlags(OptionSources sources, ServerOptions defaults)
{
    public HostOption<string> Data { get; } = sources.Text("--data", "Where the embedded Redis and the raters' key live.", defaults.Data);

    public HostOption<string?> Redis { get; } = sources.Text("--redis",
        "HOST:PORT of a Redis to use instead of the embedded one; ',password=...' may follow.");

    public HostOption<string?> RedisPasswordFile { get; } = sources.Text("--redis-password-file",
        "A file that holds the Redis's password and nothing else; MAJLIS_REDIS_PASSWORD holds the password itself.");

    readonly HostOption<int> keepDays = sources.Whole("--keep-days",
        "For how many days replies that clients store are kept, with what they answer; 0: none is.", defaults.KeepDays);

    readonly HostOption<string> voters = sources.Text("--voters",
        "The kind of voters: person, or scripted where all raters are programs, which vote fast.", defaults.Voters);

    readonly HostOption<bool> withTrainer = sources.Flag("--with-trainer",
        "Run the trainer beside the server: one command then closes the circle. MAJLIS_* variables hold the trainer's own options.");

    readonly HostOption<string> log = sources.Text("--log",
        "How log lines are written: text, or json with a line for every request.", defaults.Log);

    public IEnumerable<Option> All => [Data, Redis, RedisPasswordFile, keepDays, voters, withTrainer, log];

    /// <summary>The options with what this command line says of these.</summary>
    public ServerOptions Read(OptionValues values, ServerOptions options) => options with
    {
        Data = values.Of(Data),
        Redis = values.Of(Redis),
        RedisPasswordFile = values.Of(RedisPasswordFile),
        KeepDays = values.Of(keepDays),
        Voters = values.Of(voters),
        WithTrainer = values.Of(withTrainer),
        Log = values.Of(log),
        RedisPassword = sources.Outside("redis_password"),
    };
}

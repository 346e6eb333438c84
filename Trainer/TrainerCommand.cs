// The trainer's command line: its options and their help texts. Knows no round.
using System.CommandLine;
using Majlis.CommandLine;
using Majlis.Trainer.Rounds;

namespace Majlis.Trainer;

static class TrainerCommand
{
    static readonly TrainerOptions defaults = new();

    /// <summary>The command line of a process started here; MAJLIS_* variables hold where no option is given.</summary>
    public static HostCommand FromHere(Func<TrainerOptions, Task<int>> train) => Build(
        new OptionSources(name => Environment.GetEnvironmentVariable($"MAJLIS_{name.ToUpperInvariant()}")), train);

    public static HostCommand Build(OptionSources sources, Func<TrainerOptions, Task<int>> train)
    {
        var catalog = sources.Text("--catalog", "Folder of model versions, shared with the server.", defaults.Catalog);
        var model = sources.Text("--model",
            "A GGUF file, a Hugging Face folder or ORG/NAME of its hub to start from while the catalogue points to no version; "
            + "without it models/starter.");
        var data = sources.Text("--data", "The server's data folder: its redis.json says where the votes are.", defaults.Data);
        var redis = sources.Text("--redis", "HOST:PORT of a Redis instead.");
        var redisPasswordFile = sources.Text("--redis-password-file",
            "A file that holds the Redis\'s password and nothing else; MAJLIS_REDIS_PASSWORD holds the password itself.");
        var reader = sources.Text("--reader", "Who remembers how far the votes are used up; another name reads them all again.",
            defaults.Reader);
        var once = sources.Flag("--once", "One round, then exit: 0 promoted, 3 refused, 4 not enough evidence, 1 not finished. "
            + "Like the running trainer it waits until there is a store of votes.");
        var votes = sources.Whole("--votes", "New votes that start a round where the trainer keeps running.", defaults.Votes);
        var keep = sources.Whole("--keep", "How many of the newest versions stay when a round has ended; the current, the previous and the "
            + "current one's parent stay besides.", defaults.Keep);
        var metricsUrls = sources.Text("--metrics-urls",
            "Addresses like http://127.0.0.1:9091, separated by semicolons, where Prometheus reads this process's metrics at /metrics.");
        var tasks = sources.Text("--tasks",
            "A JSONL file of questions and patterns of right answers: tasks on which the gate refuses a candidate that gets worse.");
        var expertJobs = sources.Flag("--expert-jobs",
            "Wait for other processes to train the experts (the command expert), instead of training them here.");
        var besideServer = sources.Flag("--beside-server",
            "As the server's --with-trainer starts it: at low priority, and no longer than standard input is open.");
        var round = new RoundCommandOptions(sources);
        var root = new RootCommand("Trains the served weights on the votes of its raters: votes in, a judged version out.")
        {
            catalog, model, data, redis, redisPasswordFile, reader, once, votes, keep, metricsUrls, tasks, expertJobs,
            besideServer,
        };
        round.AddTo(root);
        foreach (var stage in StageCommands.All(sources)) root.Subcommands.Add(stage);
        root.Subcommands.Add(ExpertCommand.Build(sources, catalog, metricsUrls));
        root.Subcommands.Add(RollbackCommand.Build(catalog));
        root.SetAction(parsed => train(Read(new OptionValues(parsed))));
        return new HostCommand(root, values => Read(values).Problems());

        TrainerOptions Read(OptionValues values) => new()
        {
            Catalog = values.Of(catalog),
            Model = values.Of(model),
            Data = values.Of(data),
            Redis = values.Of(redis),
            RedisPassword = sources.Outside("redis_password"),
            RedisPasswordFile = values.Of(redisPasswordFile),
            Reader = values.Of(reader),
            Once = values.Of(once),
            Votes = values.Of(votes),
            Keep = values.Of(keep),
            MetricsUrls = values.Of(metricsUrls),
            Tasks = values.Of(tasks),
            ExpertJobs = values.Of(expertJobs),
            BesideServer = values.Of(besideServer),
            Round = round.Read(values),
        };
    }
}

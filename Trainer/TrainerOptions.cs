// The trainer's options and the check of their values. TrainerCommand reads them.
using Majlis.Evaluation;
using Majlis.Feedback.Store;
using Majlis.Hub;
using Majlis.Text;
using Majlis.Trainer.Operations;
using Majlis.Trainer.Rounds;

namespace Majlis.Trainer;

public sealed record TrainerOptions
{
    /// <summary>Folder of model versions, shared with the server.</summary>
    public string Catalog { get; init; } = "catalog";

    /// <summary>
    /// A GGUF file, a Hugging Face folder or ORG/NAME of its hub to start from while the catalogue points to no version; null = the
    /// starter.
    /// </summary>
    public string? Model { get; init; }

    /// <summary>The server's data folder: its redis.json says where the votes are.</summary>
    public string Data { get; init; } = "data";

    /// <summary>HOST:PORT of a Redis instead.</summary>
    public string? Redis { get; init; }

    /// <summary>A file that holds that Redis's password; MAJLIS_REDIS_PASSWORD may hold it instead.</summary>
    public string? RedisPasswordFile { get; init; }

    // Not on the command line, which other users see.
    internal string? RedisPassword { get; init; }

    public RedisLogin RedisLogin => new(Redis, RedisPassword, RedisPasswordFile);

    /// <summary>Name under which is kept how far the votes are used up; another name reads them all again.</summary>
    public string Reader { get; init; } = "trainer";

    /// <summary>One round, then exit.</summary>
    public bool Once { get; init; }

    /// <summary>What decides each round's result.</summary>
    public RoundOptions Round { get; init; } = new();

    /// <summary>New votes that start a round where the trainer keeps running.</summary>
    public int Votes { get; init; } = 50;

    /// <summary>
    /// How many of the newest versions stay when a round has ended, promoted or not. The current, the previous and the current one's
    /// parent stay as well.
    /// </summary>
    public int Keep { get; init; } = 3;

    /// <summary>Addresses of this process's metrics, separated by semicolons; null = none.</summary>
    public string? MetricsUrls { get; init; }

    /// <summary>JSONL file of fixed tasks that a candidate must not lose, see <see cref="AnswerTasks"/>; null = none.</summary>
    public string? Tasks { get; init; }

    /// <summary>Whether other processes train the experts (the command <c>expert</c>), as a Kubernetes Job's pods do.</summary>
    public bool ExpertJobs { get; init; }

    /// <summary>Whether a server started it: then it runs at low priority, and no longer than its standard input is open.</summary>
    public bool BesideServer { get; init; }

    /// <summary>What is wrong, a line each, beginning with the option; none where all is well.</summary>
    public IEnumerable<string> Problems()
    {
        if (Model is not null && !Path.Exists(Model) && HubName.TryParse(Model) is null)
            yield return $"--model: there is no file or folder '{Model}', and it is no ORG/NAME of the hub.";
        if (File.Exists(Catalog)) yield return $"--catalog: '{Catalog}' is a file, a folder is expected.";
        if (File.Exists(Data)) yield return $"--data: '{Data}' is a file, a folder is expected.";
        foreach (var wrong in RedisLogin.Problems()) yield return wrong;
        if (Votes < 1) yield return $"--votes: {Votes} is not at least 1.";
        if (Keep < 0) yield return $"--keep: {Keep} is below 0.";
        if (Tasks is not null && TasksProblem(Tasks) is { } wrongTasks) yield return $"--tasks: {wrongTasks}";
        foreach (var problem in MetricsAddress.Problems(MetricsUrls)) yield return problem;
        foreach (var problem in Round.Problems()) yield return problem;
    }

    static string? TasksProblem(string path)
    {
        try
        {
            _ = AnswerTasks.Read(path);
            return null;
        }
        catch (Exception wrong) when (wrong is ModelFormatException or IOException or UnauthorizedAccessException)
        {
            return wrong.Message;
        }
    }
}

// What can be set from outside: command line (--model PATH) or environment (MAJLIS_MODEL). Checked as a whole before anything starts.
using System.Globalization;
using System.Reflection;
using Majlis.Evaluation;
using Majlis.Trainer.Losses;
using Majlis.Trainer.Rounds;

namespace Majlis.Trainer;

public sealed record TrainerOptions
{
    static readonly RoundOptions round = new();

    /// <summary>Folder of model versions, shared with the server.</summary>
    public string Catalog { get; init; } = "catalog";

    /// <summary>A GGUF file or Hugging Face folder to start from while the catalogue points to no version.</summary>
    public string? Model { get; init; }

    /// <summary>The server's data folder: its redis.json says where the votes are.</summary>
    public string Data { get; init; } = "data";

    /// <summary>HOST:PORT of a Redis instead.</summary>
    public string? Redis { get; init; }

    /// <summary>Who remembers how far the votes are used up; another name reads them all again.</summary>
    public string Reader { get; init; } = "trainer";

    /// <summary>One round, then exit.</summary>
    public bool Once { get; init; }

    /// <summary>language, tag:NAME, or all for no split.</summary>
    public string Experts { get; init; } = round.Experts;

    /// <summary>standard or small: how sure the gate has to be.</summary>
    public string Policy { get; init; } = round.Policy;
    public int Seed { get; init; } = round.Seed;

    /// <summary>Percentage of prompts kept for the gate.</summary>
    public double HeldOut { get; init; } = round.HeldOutPercent;
    public int Epochs { get; init; } = round.Epochs;
    public double LearningRate { get; init; } = round.LearningRate;
    public double Beta { get; init; } = round.Beta;

    /// <summary>TRL's name of the loss.</summary>
    public string Loss { get; init; } = round.Loss;
    public int Rank { get; init; } = round.Rank;

    /// <summary>fp32 or bf16: what the frozen weights compute in while training.</summary>
    public string Numerics { get; init; } = round.Numerics;

    /// <summary>New votes that start a round where the trainer keeps running.</summary>
    public int Votes { get; init; } = 50;

    /// <summary>
    /// How many of the newest versions stay when a round has ended, promoted or not; the current, the previous and the current one's parent
    /// stay besides.
    /// </summary>
    public int Keep { get; init; } = 3;

    static readonly PropertyInfo[] properties = typeof(TrainerOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance);

    static string Name(PropertyInfo property) =>
        string.Concat(property.Name.Select((letter, i) => char.IsUpper(letter) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(letter) : letter.ToString()));

    public static string Usage => "options: " + string.Join(", ", properties.Select(property => "--" + Name(property) + (property.PropertyType == typeof(bool) ? "" : " VALUE")));

    /// <summary>Reads and checks all options; the second part holds every error found.</summary>
    public static (TrainerOptions Options, IReadOnlyList<string> Errors) Read(string[] args, Func<string, string?> environment)
    {
        var (options, errors) = (new TrainerOptions(), new List<string>());
        foreach (var property in properties)
            if (environment("MAJLIS_" + Name(property).Replace('-', '_').ToUpperInvariant()) is { Length: > 0 } value) Set(options, property, value, errors);
        for (var i = 0; i < args.Length; i++)
        {
            var parts = args[i].Split('=', 2);
            var property = properties.FirstOrDefault(property => "--" + Name(property) == parts[0]);
            if (property is null) errors.Add($"{parts[0]}: no such option; {Usage}");
            else if (parts.Length == 2) Set(options, property, parts[1], errors);
            else if (property.PropertyType == typeof(bool)) Set(options, property, "true", errors);
            else if (i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal)) Set(options, property, args[++i], errors);
            else errors.Add($"{parts[0]}: a value is expected after it.");
        }
        return (options, [.. errors, .. options.Problems()]);
    }

    public RoundOptions Round() => new()
    {
        Experts = Experts,
        Policy = Policy,
        Seed = Seed,
        HeldOutPercent = HeldOut,
        Epochs = Epochs,
        LearningRate = LearningRate,
        Beta = Beta,
        Loss = Loss,
        Rank = Rank,
        Alpha = 2 * Rank,
        Numerics = Numerics,
    };

    static void Set(TrainerOptions options, PropertyInfo property, string value, List<string> errors)
    {
        try
        {
            property.SetValue(options, Convert.ChangeType(value, property.PropertyType, CultureInfo.InvariantCulture));
        }
        catch (Exception error) when (error is FormatException or OverflowException or InvalidCastException)
        {
            errors.Add($"--{Name(property)}: '{value}' is not {(property.PropertyType == typeof(bool) ? "true or false" : "a number")}.");
        }
    }

    IEnumerable<string> Problems()
    {
        if (Model is not null && !Path.Exists(Model)) yield return $"--model: there is no file or folder '{Model}'.";
        if (File.Exists(Catalog)) yield return $"--catalog: '{Catalog}' is a file, a folder is expected.";
        if (File.Exists(Data)) yield return $"--data: '{Data}' is a file, a folder is expected.";
        if (!ExpertSplit.IsRule(Experts)) yield return $"--experts: '{Experts}' is not {ExpertSplit.ByLanguage}, {ExpertSplit.TagPrefix}NAME or {ExpertSplit.None}.";
        if (GatePolicy.Find(Policy) is null) yield return $"--policy: '{Policy}' is not one of standard, small.";
        if (Numerics is not ("fp32" or "bf16")) yield return $"--numerics: '{Numerics}' is neither fp32 nor bf16.";
        if (PreferenceLosses.Problem(Round().Training().Loss) is { } problem) yield return $"--loss, --beta: {problem}.";
        if (HeldOut is not (> 0 and < 100)) yield return $"--held-out: {HeldOut} is not between 0 and 100.";
        if (Epochs < 1 || Rank < 1 || Votes < 1) yield return "--epochs, --rank and --votes must be at least 1.";
        if (Keep < 0) yield return $"--keep: {Keep} is below 0.";
        if (!(LearningRate > 0)) yield return "--learning-rate must be above 0.";
    }
}

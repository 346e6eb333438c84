// How the trainer is told to train the starter, unless the environment says otherwise: a small model moves by few votes, at a high rate.
// Knows no trainer.
using System.Globalization;
using Majlis.Model;
using Majlis.Model.Catalog;
using Majlis.Text;

namespace Majlis.Server.Training;

sealed record StarterTraining
{
    public string Policy { get; init; } = "small";

    /// <summary>Percentage of prompts kept for the gate.</summary>
    public double HeldOut { get; init; } = 20;

    /// <summary>One expert: two of thirty votes each, merged, are half as far.</summary>
    public string Experts { get; init; } = "all";

    public int Epochs { get; init; } = 8;

    public double LearningRate { get; init; } = 1e-3;

    public double Beta { get; init; } = 0.5;

    /// <summary>Small: what is learnt is a style, and what the model knows stays.</summary>
    public int Rank { get; init; } = 2;

    /// <summary>Where attention changes too, questions without an answer are no longer recognised.</summary>
    public string TargetModules { get; init; } = "down_proj";

    /// <summary>An answer's own length teaches nothing beyond where it ends.</summary>
    public double LengthAlpha { get; init; }

    /// <summary>New votes that start a round.</summary>
    public int Votes { get; init; } = 60;

    /// <summary>Share of a task's items; the smallest of the starter's tasks has 40, of which two are 5 %.</summary>
    public double TaskMargin { get; init; } = 0.1;

    /// <summary>The values as the trainer's options, by their names in the environment.</summary>
    /// <param name="starter">Where the starter lies; its own tasks are the gate's.</param>
    public IEnumerable<(string Name, string Value)> Variables(Starter starter) =>
    [
        ("MAJLIS_POLICY", Policy),
        ("MAJLIS_HELD_OUT", HeldOut.ToString(CultureInfo.InvariantCulture)),
        ("MAJLIS_EXPERTS", Experts),
        ("MAJLIS_RANK", Rank.ToString(CultureInfo.InvariantCulture)),
        ("MAJLIS_TARGET_MODULES", TargetModules),
        ("MAJLIS_LD_ALPHA", LengthAlpha.ToString(CultureInfo.InvariantCulture)),
        ("MAJLIS_EPOCHS", Epochs.ToString(CultureInfo.InvariantCulture)),
        ("MAJLIS_LEARNING_RATE", LearningRate.ToString(CultureInfo.InvariantCulture)),
        ("MAJLIS_BETA", Beta.ToString(CultureInfo.InvariantCulture)),
        ("MAJLIS_VOTES", Votes.ToString(CultureInfo.InvariantCulture)),
        .. starter.Tasks is not { } tasks ? [] : new[]
        {
            ("MAJLIS_TASKS", tasks), ("MAJLIS_TASK_MARGIN", TaskMargin.ToString(CultureInfo.InvariantCulture)),
        },
    ];

    /// <summary>Whether a trainer starts from the starter, or from a version that was made from it.</summary>
    /// <param name="catalog">Its current version counts; while it has none, the model.</param>
    /// <param name="starter">The starter.</param>
    /// <param name="model">What is named; null where nothing is.</param>
    public static bool Suits(ModelCatalog catalog, Starter starter, string? model)
    {
        try
        {
            if (catalog.State().Current is not { } current) return starter.Is(model ?? starter.Folder ?? "");
            if (starter.Folder is not { } folder) return false;
            using var weights = Checkpoint.Open(folder);
            var versions = catalog.Readable().Concat(catalog.Pruned()).DistinctBy(version => version.Id);
            return new Lineage(versions).Ancestors(current).Contains(weights.WeightsHash);
        }
        catch (ModelFormatException)
        {
            // What cannot be read is told where it is served; the trainer's own defaults ask for more evidence.
            return false;
        }
    }
}

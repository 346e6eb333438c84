// A stage of training on texts and chats as its recipe says it.
using System.Text.Json.Serialization;
using Majlis.Trainer.Recipes;
using Majlis.Trainer.Stages;

namespace Majlis.Trainer.Supervised;

public sealed record SupervisedOptions : TunedOptions
{
    public SupervisedOptions() => (LearningRate, Schedule, Numerics, SaveEvery) = (2e-5, "cosine_with_min_lr", "bf16", 200);

    [Means("Begins with random weights of the config's initializer_range.")]
    public bool FromScratch { get; init; }

    [Means("What is learnt: the completion (in a chat all the assistant says), or all the text.", OneOf = ["completion", "text"])]
    public string Loss { get; init; } = "completion";

    [Means("The share of the prompt's tokens, drawn anew each time, that is learnt too.", AtLeast = 0, AtMost = 1)]
    public double PromptShare { get; init; }

    [Means("What such a token's loss counts; a completion's counts 1.", AtLeast = 0, AtMost = 1e3)]
    public double PromptWeight { get; init; } = 1;

    [Means("Negative log-likelihood, or each token's times its probability.", OneOf = ["nll", "dft"])]
    public string LossType { get; init; } = "nll";

    [Means("Fills rows with several examples.")]
    public bool Packing { get; init; }

    [Means("bfd: best fit, longest first, what is too long is cut; bfd_split: the rest of it becomes other examples; wrapped: one after "
        + "another, cut where a row is full. Only wrapped lets examples of a row see each other.", OneOf = ["bfd", "bfd_split", "wrapped"])]
    public string PackingStrategy { get; init; } = "bfd";

    [Means("What is kept of a row that is too long.", Trl = "truncation_mode", OneOf = ["keep_start", "keep_end"])]
    public string Truncation { get; init; } = "keep_start";

    [Means("Files of rows that are measured after each epoch and not learnt from; metrics begin with eval_.", Trl = "eval_dataset")]
    public string[] Validation { get; init; } = [];

    [Means("Rows per micro-batch.", Trl = "per_device_train_batch_size", AtLeast = 1)]
    public int BatchRows { get; init; } = 8;

    [JsonIgnore]
    public override int BatchItems => BatchRows;

    public override IEnumerable<string> Problems()
    {
        foreach (var problem in base.Problems()) yield return problem;
        foreach (var file in Validation.Where(file => !File.Exists(file))) yield return $"validation: there is no file '{file}'.";
        if (!Packing && PackingStrategy != "bfd") yield return $"packing_strategy: {PackingStrategy} fills rows only with packing: true.";
        if (FromScratch && (Lora is not null || Adapter is not null))
            yield return "from_scratch: an adapter needs trained weights below it.";
        if (FromScratch && !Directory.Exists(Model)) yield return $"model: from_scratch needs a folder with a config, not '{Model}'.";
    }
}

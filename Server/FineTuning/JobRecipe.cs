// From a job's hyperparameters to the recipe of its training: what "auto" is, and what OpenAI's numbers are in the trainer's terms.
using System.Text.Json.Nodes;

namespace Majlis.Server.FineTuning;

static class JobRecipe
{
    /// <summary>Ten times the recipes' own rates, which are for all weights: an adapter is trained.</summary>
    const double SupervisedRate = 2e-4, DpoRate = 1e-4;

    const int UsualEpochs = 3, MostAtOnce = 8, LongestRow = 2048;

    const double UsualBeta = 0.1;

    /// <summary>Epochs whose adapters are kept as checkpoints.</summary>
    const int KeptEpochs = 3;

    /// <summary>The numbers with every <c>auto</c> decided.</summary>
    /// <param name="rows">Lines of the training file.</param>
    public static JobNumbers Decide(JobNumbers asked, string method, int rows) => new(asked.Epochs ?? UsualEpochs,
        asked.BatchSize ?? Math.Clamp(rows / 10, 1, MostAtOnce), asked.RateMultiplier ?? 1,
        method == StoredJob.Dpo ? asked.Beta ?? UsualBeta : null);

    /// <param name="job">With numbers that are decided.</param>
    /// <param name="model">Its base on this machine.</param>
    /// <param name="context">Tokens that the base can read.</param>
    /// <param name="rows">Lines of the training file.</param>
    public static JsonObject Of(StoredJob job, string model, int context, int rows, JobFolder folder)
    {
        var batch = job.Numbers.BatchSize!.Value;
        var together = Enumerable.Range(1, Math.Min(batch, MostAtOnce)).Last(count => batch % count == 0);
        var steps = job.Numbers.Epochs!.Value * ((rows + batch - 1) / batch);
        var isDpo = job.Method == StoredJob.Dpo;
        var recipe = new JsonObject
        {
            ["model"] = model,
            ["data"] = new JsonArray(folder.Training),
            ["epochs"] = job.Numbers.Epochs,
            [isDpo ? "batch_pairs" : "batch_rows"] = together,
            ["accumulation"] = batch / together,
            ["learning_rate"] = (isDpo ? DpoRate : SupervisedRate) * job.Numbers.RateMultiplier!.Value,
            ["seed"] = job.Seed,
            ["max_length"] = Math.Min(context, LongestRow),
            ["save_every"] = Math.Clamp(steps / 20, 1, 50),
            ["keep_epochs"] = KeptEpochs,
            ["lora"] = new JsonObject(),
        };
        if (isDpo) recipe["beta"] = job.Numbers.Beta;
        if (job.ValidationFile is not null) recipe["validation"] = new JsonArray(folder.Validation);
        return recipe;
    }
}

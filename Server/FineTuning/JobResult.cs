// What a job leaves beside its model: the checkpoints, and its metrics as OpenAI's CSV file.
using System.Globalization;
using System.Text.Json.Nodes;
using Majlis.Server.Files;

namespace Majlis.Server.FineTuning;

sealed class JobResult(FileStore files)
{
    const string Purpose = "fine-tune-results";

    static readonly (string Column, string[] Metrics)[] columns =
    [
        ("train_loss", ["loss"]),
        ("train_accuracy", ["mean_token_accuracy", "rewards/accuracies"]),
        ("valid_loss", ["eval_loss"]),
        ("valid_mean_token_accuracy", ["eval_mean_token_accuracy", "eval_rewards/accuracies"]),
    ];

    /// <summary>Keeps a line of numbers for each step, for the client to read.</summary>
    public string KeepMetrics(StoredJob job, JobFolder folder)
    {
        var file = files.Begin(job.Owner);
        using (var writer = new StreamWriter(file.Stream, leaveOpen: true))
        {
            writer.WriteLine("step," + string.Join(',', columns.Select(column => column.Column)));
            foreach (var (step, values) in folder.Steps())
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step},")
                    + string.Join(',', columns.Select(column => Of(values, column.Metrics)?.ToJsonString())));
        }
        return files.Keep(file, $"{job.Id}_step_metrics.csv", Purpose, null).Id;
    }

    /// <summary>The adapters of the last epochs, the newest first.</summary>
    public static IEnumerable<CheckpointReply> Checkpoints(StoredJob job, JobFolder folder)
    {
        var steps = folder.Steps().ToDictionary(step => step.Step, step => step.Values);
        foreach (var (step, adapter) in folder.Epochs.Reverse())
            yield return new(string.Create(CultureInfo.InvariantCulture, $"ftckpt_{job.Id["ftjob-".Length..]}-{step}"),
                "fine_tuning.job.checkpoint", new DateTimeOffset(Directory.GetLastWriteTimeUtc(adapter)).ToUnixTimeSeconds(),
                TunedAdapters.NameOf(job, step), job.Id, Metrics(step, steps.GetValueOrDefault(step)), step);
    }

    static JsonObject Metrics(int step, JsonObject? values)
    {
        var metrics = new JsonObject { ["step"] = step };
        foreach (var (name, metric) in new[]
        {
            ("train_loss", "loss"), ("train_mean_token_accuracy", "mean_token_accuracy"),
            ("full_valid_loss", "eval_loss"), ("full_valid_mean_token_accuracy", "eval_mean_token_accuracy"),
        })
            if (values?[metric] is { } value) metrics[name] = value.DeepClone();
        foreach (var (name, value) in values ?? [])
            if (name.Contains('/', StringComparison.Ordinal)) metrics[name] = value?.DeepClone();
        return metrics;
    }

    static JsonNode? Of(JsonObject values, string[] names) => names.Select(name => values[name]).FirstOrDefault(value => value is not null);
}

// What clients see of a fine-tuning job, its events and its checkpoints, in OpenAI's shapes. Data only.
using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Majlis.Server.FineTuning;

sealed record JobReply(string Id, string Object, long CreatedAt, JobError? Error, string? FineTunedModel, long? FinishedAt,
    JsonObject Hyperparameters, string Model, string OrganizationId, ImmutableArray<string> ResultFiles, string Status,
    long? TrainedTokens, string TrainingFile, string? ValidationFile, ImmutableArray<JsonObject> Integrations, int Seed,
    long? EstimatedFinish, JsonObject Method, JsonObject? Metadata)
{
    /// <summary>Nobody's in particular: a server has no organizations.</summary>
    public const string Organization = "org-majlis";

    public static JobReply Of(StoredJob job) => new(job.Id, "fine_tuning.job", job.CreatedAt, job.Error, job.FineTunedModel, job.FinishedAt,
        Numbers(job, withBeta: false), job.Model, Organization, job.ResultFiles, job.Status, job.TrainedTokens, job.TrainingFile,
        job.ValidationFile, [], job.Seed, job.EstimatedFinish, new JsonObject
        {
            ["type"] = job.Method,
            [job.Method] = new JsonObject { ["hyperparameters"] = Numbers(job, job.Method == StoredJob.Dpo) },
        }, job.Metadata?.DeepClone().AsObject());

    static JsonObject Numbers(StoredJob job, bool withBeta)
    {
        var numbers = new JsonObject
        {
            ["batch_size"] = OrAuto(job.Numbers.BatchSize),
            ["learning_rate_multiplier"] = OrAuto(job.Numbers.RateMultiplier),
            ["n_epochs"] = OrAuto(job.Numbers.Epochs),
        };
        if (withBeta) numbers["beta"] = OrAuto(job.Numbers.Beta);
        return numbers;
    }

    static JsonValue OrAuto<T>(T? number) where T : struct => number is { } given ? JsonValue.Create(given)! : JsonValue.Create("auto");
}

/// <summary>Something that happened to a job, as it is kept and as clients see it.</summary>
/// <param name="Type"><c>message</c>, or <c>metrics</c> for a step.</param>
/// <param name="Data">A step's metrics under TRL's names; else empty.</param>
sealed record JobEvent(string Id, string Object, long CreatedAt, string Level, string Message, string Type, JsonObject Data);

/// <param name="Metrics">Of the step, under OpenAI's names and TRL's.</param>
sealed record CheckpointReply(string Id, string Object, long CreatedAt, string FineTunedModelCheckpoint, string FineTuningJobId,
    JsonObject Metrics, int StepNumber);

// What is kept of a fine-tuning job beside its files and events. Data only.
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Majlis.Server.Storage;

namespace Majlis.Server.FineTuning;

/// <summary>Times are seconds since 1970.</summary>
/// <param name="Model">As the client named it.</param>
/// <param name="Base">The version that it meant then: what is trained.</param>
/// <param name="BaseHash">Of that version's weights.</param>
/// <param name="Method">One of <see cref="Supervised"/> and <see cref="Dpo"/>.</param>
/// <param name="Numbers">As they were asked for; once the files are checked, as they are.</param>
sealed record StoredJob(string Id, string Owner, long CreatedAt, string Model, string Base, string BaseHash, string Method,
    JobNumbers Numbers, string TrainingFile, string? ValidationFile, string? Suffix, int Seed) : IRecord
{
    public const string Supervised = "supervised", Dpo = "dpo";

    public const string ValidatingFiles = "validating_files", Queued = "queued", Running = "running", Paused = "paused",
        Succeeded = "succeeded", Failed = "failed", Cancelled = "cancelled";

    public string Status { get; init; } = ValidatingFiles;
    public JsonObject? Metadata { get; init; }
    public JobError? Error { get; init; }
    public string? FineTunedModel { get; init; }
    public long? FinishedAt { get; init; }
    public long? EstimatedFinish { get; init; }
    public long? TrainedTokens { get; init; }
    public ImmutableArray<string> ResultFiles { get; init; } = [];

    /// <summary>The client has deleted what the job came to.</summary>
    public bool IsModelDeleted { get; init; }

    /// <summary>Nothing changes any more.</summary>
    public bool IsOver => Status is Succeeded or Failed or Cancelled;

    /// <summary>The adapter's name among those of its base: letters, digits, and hyphens.</summary>
    public string AdapterName => (Suffix is null ? "" : Plain(Suffix) + "-") + Id[^8..];

    static string Plain(string suffix) => string.Concat(suffix.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));
}

/// <summary>Hyperparameters; null is <c>auto</c>.</summary>
/// <param name="Beta">Of DPO only.</param>
sealed record JobNumbers(int? Epochs, int? BatchSize, double? RateMultiplier, double? Beta);

/// <param name="Param">Which of the job's files is wrong; null where none is.</param>
sealed record JobError(string Code, string Message, string? Param);

/// <summary>What a client asks for.</summary>
sealed record NewJob(string Model, string Method, JobNumbers Numbers, string TrainingFile, string? ValidationFile, string? Suffix,
    int? Seed, JsonObject? Metadata);

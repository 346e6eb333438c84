// Reads the body of POST /v1/fine_tuning/jobs (https://platform.openai.com/docs/api-reference/fine-tuning/create). Knows no file and no
// model.
using System.Text.Json;
using Majlis.Server.Replies;
using Majlis.Server.Wire;

namespace Majlis.Server.FineTuning;

static class JobRequestReader
{
    const int LongestSuffix = 64, MostEpochs = 50, MostBatch = 256;
    const double MostMultiplier = 1000, MostBeta = 2;

    const string Reinforcement = "reinforcement";

    public static NewJob? Read(JsonElement body, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        var (model, training, validation) = (fields.RequiredText("model"), fields.RequiredText("training_file"),
            fields.Text("validation_file"));
        var suffix = fields.Text("suffix");
        if (suffix is { Length: 0 or > LongestSuffix })
            problem.Add(ApiError.InvalidValue("suffix", $"Invalid 'suffix': 1 to {LongestSuffix} characters are expected."));
        var (seed, metadata) = (fields.Int("seed", 0, int.MaxValue), Metadata.Read(fields));
        if (fields.Items("integrations").Any())
            problem.Add(ApiError.UnsupportedField("integrations", "Metrics are in the job's events and its result file."));
        var old = Numbers(fields, StoredJob.Supervised);
        var (method, numbers) = Method(fields);
        fields.Done();
        return problem.First is null ? new(model, method, numbers ?? old ?? new(null, null, null, null), training, validation, suffix, seed,
            metadata) : null;
    }

    static (string Method, JobNumbers? Numbers) Method(Fields fields)
    {
        if (fields.Of("method", JsonValueKind.Object, "an object") is not { } given) return (StoredJob.Supervised, null);
        var method = new Fields(given, "method", fields.Problem);
        var type = method.Word("type", [StoredJob.Supervised, StoredJob.Dpo, Reinforcement], required: true);
        if (type == Reinforcement)
            fields.Problem.Add(ApiError.UnsupportedField("method.type", "Methods are 'supervised' and 'dpo'; there are no graders here."));
        JobNumbers? numbers = null;
        foreach (var name in new[] { StoredJob.Supervised, StoredJob.Dpo })
            if (method.Of(name, JsonValueKind.Object, "an object") is { } settings)
            {
                var inner = new Fields(settings, method.Name(name), fields.Problem);
                var read = Numbers(inner, name);
                inner.Done();
                if (name == type) numbers = read;
            }
        method.Done();
        return (type, numbers);
    }

    static JobNumbers? Numbers(Fields of, string method)
    {
        if (of.Of("hyperparameters", JsonValueKind.Object, "an object") is not { } given) return null;
        var fields = new Fields(given, of.Name("hyperparameters"), of.Problem);
        var numbers = new JobNumbers(
            IsAuto(fields, "n_epochs") ? null : fields.Int("n_epochs", 1, MostEpochs),
            IsAuto(fields, "batch_size") ? null : fields.Int("batch_size", 1, MostBatch),
            Above0(fields, "learning_rate_multiplier", MostMultiplier),
            method == StoredJob.Dpo ? Above0(fields, "beta", MostBeta) : null);
        fields.Done();
        return numbers;
    }

    static bool IsAuto(Fields fields, string name)
    {
        if (fields.Peek(name) is not { ValueKind: JsonValueKind.String } text || !text.ValueEquals("auto")) return false;
        fields.Any(name);
        return true;
    }

    static double? Above0(Fields fields, string name, double most)
    {
        if (IsAuto(fields, name) || fields.Number(name, 0, most) is not { } number) return null;
        // The shortest decimals of what the client wrote, not those of its nearest double.
        var exact = (double)(decimal)number;
        if (exact <= 0) fields.Problem.Add(ApiError.InvalidValue(fields.Name(name), $"Invalid '{fields.Name(name)}': expected above 0."));
        return exact;
    }
}

// A stage of training on single answers, good or bad, as its recipe says it.
using System.Text.Json.Serialization;
using Majlis.Trainer.Recipes;
using Majlis.Trainer.Stages;
using Majlis.Trainer.Unpaired;

namespace Majlis.Trainer.Offline;

public sealed record KtoOptions : TunedOptions
{
    public KtoOptions() => LearningRate = 1e-5;

    [Means("TRL's name of the loss.", Trl = "loss_type", OneOf = [UnpairedOptions.Kto, UnpairedOptions.Bco, UnpairedOptions.Apo])]
    public string Loss { get; init; } = UnpairedOptions.Kto;

    [Means("Weight of staying close to the reference.", AtLeast = 0, Above = true, AtMost = 1e3)]
    public double Beta { get; init; } = 0.1;

    [Means("What a good answer's loss counts.", AtLeast = 0)]
    public double DesirableWeight { get; init; } = 1;

    [Means("What a bad answer's loss counts.", AtLeast = 0)]
    public double UndesirableWeight { get; init; } = 1;

    [Means("Rows per micro-batch; kto needs two, to compare answers with other prompts.", Trl = "per_device_train_batch_size", AtLeast = 1)]
    public int BatchRows { get; init; } = 8;

    [Means("The run stops when good answers lost so many nats per token against the reference.", AtLeast = 0, Above = true)]
    public double MaxChosenDrop { get; init; } = 1;

    [JsonIgnore]
    public override int BatchItems => BatchRows;

    public UnpairedOptions Answers(int pad) => new()
    {
        Loss = Loss,
        Beta = Beta,
        DesirableWeight = DesirableWeight,
        UndesirableWeight = UndesirableWeight,
        PadToken = pad,
        SelfTestTolerance = SelfTestTolerance,
        MaxChosenDrop = MaxChosenDrop,
    };

    public override IEnumerable<string> Problems()
    {
        foreach (var problem in base.Problems()) yield return problem;
        if (Loss == UnpairedOptions.Kto && BatchRows < 2) yield return "batch_rows: kto compares answers within a micro-batch and needs 2.";
    }
}

// Texts and chats from files to an objective, on a model or on random weights. Knows no loop.
using Majlis.Model;
using Majlis.Text;
using Majlis.Trainer.Stages;
using Majlis.Trainer.Supervised.Data;

namespace Majlis.Trainer.Supervised;

sealed class SupervisedTask(SupervisedOptions options) : IStageTask
{
    public string Name => "sft";

    public TunedOptions Options => options;

    public string StartOf(string model, StageFolder folder)
    {
        if (!options.FromScratch) return model;
        folder.WriteInitial(model, (ulong)options.Seed);
        return folder.Initial;
    }

    public Prepared Prepare(StageNetwork network, StageRun run)
    {
        if (network.Checkpoint.Blueprint.HeadKind != HeadKind.LanguageModel)
            throw new ModelFormatException($"{network.Checkpoint.Path}: predicts no tokens and cannot be trained on text.");
        var encoder = run.Encoder(network.Checkpoint, options.MaxLength, options.Loss == "text");
        var objective = Read(options.Data, "examples");
        return new(objective, options.Validation.Length == 0 ? null : Read(options.Validation, "examples to measure by"));

        SupervisedObjective Read(string[] files, string what)
        {
            var cuts = options.PackingStrategy == "bfd";
            var data = DataFiles.Read(
                files, encoder, cuts ? options.MaxLength : int.MaxValue, options.Truncation == "keep_end", options.Packing);
            run.Say(Summary(data, what));
            return new(network.Network, network.Parameters, Parts(data.Examples), options);
        }
    }

    IReadOnlyList<Example> Parts(IReadOnlyList<Example> examples) => options.PackingStrategy switch
    {
        "bfd_split" => [.. ExampleParts.Split(examples, options.MaxLength)],
        "wrapped" => [.. ExampleParts.Wrap(examples, options.MaxLength)],
        _ => examples,
    };

    string Summary(DataSet data, string what) =>
        $"{data.Examples.Count} {what} of {data.Examples.Sum(example => (long)example.Tokens.Length)} tokens"
            + (data.Cut > 0 ? $"; {data.Cut} were longer than {options.MaxLength} tokens and are cut" : "")
            + (data.Dropped > 0 ? $"; {data.Dropped} have nothing to learn from and are left out" : "");
}

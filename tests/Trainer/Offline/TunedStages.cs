// Stages of every kind on a tiny model: adapters, single answers, rewards; run records; Parquet; what a row must not be.
using System.Text.Json;
using System.Text.Json.Serialization;
using Majlis.Model;
using Majlis.recipes.starter.Rows;
using Majlis.tests.Support;
using Majlis.Text;
using Majlis.Trainer.Data;
using Majlis.Trainer.Offline;
using Majlis.Trainer.Stages;
using Majlis.Trainer.Supervised;
using Parquet.Serialization;
using Xunit;

namespace Majlis.tests.Trainer.Offline;

public sealed class TunedStages : IDisposable
{
    class ParquetRow
    {
        [JsonPropertyName("prompt")]
        public string Prompt { get; set; } = "";

        [JsonPropertyName("chosen")]
        public string Chosen { get; set; } = "This.";

        [JsonPropertyName("rejected")]
        public string Rejected { get; set; } = "That.";
    }

    sealed class DatedRow : ParquetRow
    {
        public DateTime Created { get; set; }

        public ulong Hash { get; set; }
    }

    readonly TemporaryFolder folder = new();
    readonly string model;
    readonly string pairs;

    public TunedStages()
    {
        (model, pairs) = (folder.File("model"), folder.File("pairs.jsonl"));
        Directory.CreateDirectory(model);
        TinyStarter.Write(model);
        JsonLines.Write(pairs, TrainingRows.Pairs(Mixture.Named("en"), 3, 8));
    }

    public void Dispose() => folder.Dispose();

    string? Run(IStageTask task, string name, List<string>? said = null) => new TunedStage(task, task.Options.Model, new StageRun(
        new StageFolder(folder.File(name)), line => said?.Add(line), new Progress<string>(), TimeProvider.System), _ => { }).Run();

    string Result(string name, params string[] parts) => folder.File([name, "result", .. parts]);

    [Fact]
    public void Other_rows_are_measured_after_each_epoch_and_change_nothing_and_epochs_are_kept()
    {
        var options = new OfflineOptions { Model = model, Data = [pairs], Epochs = 3, MaxLength = 128, Lora = new() { Rank = 2 } };
        Assert.Null(Run(new PairTask(options, null), "alone"));
        Assert.Null(Run(new PairTask(options with { Validation = [pairs], KeepEpochs = 2 }, null), "measured"));
        Assert.Equal(File.ReadAllBytes(Result("alone", "adapter", StageFolder.AdapterWeights)),
            File.ReadAllBytes(Result("measured", "adapter", StageFolder.AdapterWeights)));
        var log = File.ReadLines(folder.File("measured", RunRecord.Metrics))
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("Values")).ToList();
        Assert.Equal(3, log.Count);
        // The rows are the same, measured after the step's update: better than in the step.
        Assert.All(log, step => Assert.InRange(step.GetProperty("eval_loss").GetDouble(), 0, step.GetProperty("loss").GetDouble()));
        var picture = File.ReadAllText(folder.File("measured", RunRecord.Picture));
        Assert.Contains("eval_loss", picture, StringComparison.Ordinal);
        Assert.DoesNotContain("learning_rate", picture, StringComparison.Ordinal); // one line needs no name beside the title
        Assert.Equal(["step-000002", "step-000003"],
            Directory.GetDirectories(folder.File("measured", "epochs")).Select(Path.GetFileName).Order());
        Assert.Equal(File.ReadAllBytes(Result("alone", "adapter", StageFolder.AdapterWeights)),
            File.ReadAllBytes(folder.File("measured", "epochs", "step-000003", "adapter", StageFolder.AdapterWeights)));
    }

    [Theory, InlineData("fp32", false), InlineData("bf16", false), InlineData("fp32", true)]
    public void An_adapter_is_trained_written_as_peft_writes_it_and_goes_on(string numerics, bool everything)
    {
        var lora = everything
            ? new LoraSettings
            {
                Rank = 4,
                Alpha = 4,
                Dora = true,
                Rslora = true,
                Bias = "all",
                ModulesToSave = ["norm"],
                RankPattern = new() { ["q_proj"] = 2 },
            }
            : new LoraSettings { Rank = 4, Targets = [".*self_attn.(q|v)_proj"] };
        var first = new OfflineOptions
        {
            Model = model,
            Data = [pairs],
            LearningRate = 5e-3,
            BatchPairs = 4,
            Epochs = 3,
            Lora = lora,
            Numerics = numerics,
            Recompute = everything,
        };
        Assert.Null(Run(new PairTask(first, null), "first"));
        var steps = File.ReadAllLines(Result("first", "metrics.jsonl")).Select(line => JsonDocument.Parse(line)).ToArray();
        double Loss(int step) => steps[step].RootElement.GetProperty("Values").GetProperty("loss").GetDouble();
        Assert.Equal(Math.Log(2), Loss(0), 1e-6);
        if (!everything) Assert.True(Loss(steps.Length - 1) < Loss(0), $"{Loss(steps.Length - 1)}");
        else
        {
            Assert.Null(Run(new PairTask(first with { Recompute = false }, null), "kept"));
            Assert.Equal(File.ReadAllBytes(Result("kept", "adapter", StageFolder.AdapterWeights)),
                File.ReadAllBytes(Result("first", "adapter", StageFolder.AdapterWeights)));
        }
        Assert.True(File.Exists(Result("first", "adapter", "adapter_config.json")));

        // An adapter that goes on is its own reference, so its first loss is ln 2 again.
        Assert.Null(Run(new PairTask(first with { Lora = null, Adapter = Result("first", "adapter"), Epochs = 1 }, null), "second"));
        using var again = JsonDocument.Parse(File.ReadLines(Result("second", "metrics.jsonl")).First());
        Assert.Equal(Math.Log(2), again.RootElement.GetProperty("Values").GetProperty("loss").GetDouble(), 1e-6);
    }

    [Fact]
    public void Layers_computed_again_give_the_same_bits()
    {
        var options = new OfflineOptions { Model = model, Data = [pairs], LearningRate = 1e-2, BatchPairs = 4 };
        Assert.Null(Run(new PairTask(options, null), "kept"));
        Assert.Null(Run(new PairTask(options with { Recompute = true }, null), "again"));
        byte[] Weights(string name) => File.ReadAllBytes(Result(name, "master", "model.safetensors"));
        Assert.Equal(Weights("kept"), Weights("again"));
    }

    [Fact]
    public void Single_answers_are_learnt_from_rows_of_their_own_and_from_pairs()
    {
        var rows = folder.File("rows.jsonl");
        File.WriteAllLines(rows, File.ReadLines(pairs).Take(4)
            .Append("""{"prompt": "What is it? ", "completion": "A thing.", "label": true}""")
            .Append("""{"prompt": "What was it? ", "completion": "No thing.", "label": false}"""));
        var said = new List<string>();
        var options = new KtoOptions { Model = model, Data = [rows], LearningRate = 1e-2, BatchRows = 5 };
        Assert.Null(Run(new UnpairedTask(options), "kto", said));
        Assert.Contains(said, line => line.Contains("10 answers, 5 of them good", StringComparison.Ordinal));
        Assert.True(File.Exists(Result("kto", "serve", "model.safetensors")));
    }

    [Fact]
    public void A_language_model_becomes_a_reward_model_that_prefers_what_it_was_shown()
    {
        var options = new RewardOptions { Model = model, Data = [pairs], LearningRate = 1e-2, BatchPairs = 4, Epochs = 6, Centring = 0.01 };
        Assert.Null(Run(new RewardTask(options), "reward"));
        using var made = Checkpoint.Open(Result("reward", "serve"));
        Assert.Equal(HeadKind.Score, made.Blueprint.HeadKind);
        using var last = JsonDocument.Parse(File.ReadLines(Result("reward", "metrics.jsonl")).Last());
        Assert.True(last.RootElement.GetProperty("Values").GetProperty("margin").GetDouble() > 0);
        // It is one already, so it goes on as it is.
        Assert.Null(Run(new RewardTask(options with { Model = Result("reward", "serve"), Epochs = 1 }), "more"));
        Assert.False(Directory.Exists(folder.File("more", "initial")));
    }

    [Fact]
    public void An_adapter_learns_texts_too()
    {
        var rows = folder.File("texts.jsonl");
        File.WriteAllLines(rows, Enumerable.Range(0, 8).Select(index => $$"""{"prompt": "Count {{index}}: ", "completion": "one two"}"""));
        var options = new SupervisedOptions
        {
            Model = model,
            Data = [rows],
            LearningRate = 1e-2,
            BatchRows = 4,
            Epochs = 3,
            Numerics = "fp32",
            Lora = new LoraSettings { Rank = 2 },
        };
        Assert.Null(Run(new SupervisedTask(options), "sft"));
        Assert.True(File.Exists(Result("sft", "adapter", StageFolder.AdapterWeights)));
    }

    [Fact]
    public void The_runs_folder_shows_the_run_while_it_runs()
    {
        Assert.Null(Run(new PairTask(new OfflineOptions { Model = model, Data = [pairs], BatchPairs = 4 }, null), "run"));
        Assert.Equal(File.ReadAllLines(Result("run", "metrics.jsonl")), File.ReadAllLines(folder.File("run", "metrics.jsonl")));
        var picture = File.ReadAllText(folder.File("run", "run.svg"));
        Assert.StartsWith("<?xml", picture);
        Assert.Contains("</svg>", picture, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parquet_rows_are_those_of_json_lines()
    {
        var parquet = folder.File("pairs.parquet");
        var rows = Enumerable.Range(0, 5).Select(index => new ParquetRow { Prompt = $"What is {index}? " }).ToArray();
        await ParquetSerializer.SerializeAsync(rows, parquet, cancellationToken: TestContext.Current.CancellationToken);
        var read = RowFiles.Of([parquet]).ToArray();
        Assert.Equal(rows.Select(row => row.Prompt), read.Select(row => row.Parse()["prompt"]!.GetValue<string>()));
        Assert.Equal($"{parquet} row 3", read[2].Place);
        Assert.Null(Run(new PairTask(new OfflineOptions { Model = model, Data = [parquet] }, null), "parquet"));
        await File.WriteAllTextAsync(parquet, "no such thing", TestContext.Current.CancellationToken);
        Assert.Contains("cannot be read as Parquet", Assert.Throws<DataException>(() => RowFiles.Of([parquet]).ToArray()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parquet_columns_of_times_and_large_numbers_are_read_and_passed_over()
    {
        var parquet = folder.File("dated.parquet");
        DatedRow[] rows = [new() { Prompt = "What? ", Created = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), Hash = ulong.MaxValue }];
        await ParquetSerializer.SerializeAsync(rows, parquet, cancellationToken: TestContext.Current.CancellationToken);
        var row = Assert.Single(RowFiles.Of([parquet])).Parse();
        Assert.StartsWith("2026-01-02T03:04:05", row["Created"]!.GetValue<string>());
        Assert.Equal(ulong.MaxValue, row["Hash"]!.GetValue<ulong>());
        Assert.Null(Run(new PairTask(new OfflineOptions { Model = model, Data = [parquet] }, null), "dated"));
    }

    [Theory]
    [InlineData("""{"prompt": "a", "chosen": "b", "rejected": "b"}""", "'chosen' and 'rejected' are equal")]
    [InlineData("""{"prompt": "a", "chosen": "", "rejected": "b"}""", "'chosen' is empty")]
    [InlineData("""{"prompt": "a", "chosen": [{"role": "assistant", "content": "b"}], "rejected": "b"}""", "a text and the other a list")]
    [InlineData("""{"input": {}, "preferred_output": [], "non_preferred_output": []}""", "'messages' is missing")]
    [InlineData("""{"prompt_ids": [1], "chosen_ids": ["x"], "rejected_ids": [2]}""", "'chosen_ids' holds \"x\", expected token ids")]
    [InlineData("""{"prompt": "a", "chosen": "b", "rejected": "c", "weight": "much"}""", "'weight' is \"much\", expected a number")]
    [InlineData("""{"prompt": "a", "chosen": "b", "rejected": "c", "weight": -1}""", "'weight' is -1, expected at least 0")]
    [InlineData("""{"prompt_ids": [1], "chosen_ids": [99999999], "rejected_ids": [2]}""", "'chosen_ids' holds 99999999, and the model's")]
    [InlineData("""{"prompt_ids": [1], "chosen_ids": [2], "rejected_ids": [2]}""", "'chosen_ids' and 'rejected_ids' are equal")]
    [InlineData("""{"prompt_ids": [1], "chosen_ids": [], "rejected_ids": [2]}""", "'chosen_ids' is empty")]
    [InlineData("""{"prompt_ids": [], "chosen_ids": [3], "rejected_ids": [2]}""", "'chosen_ids' is one token without a prompt")]
    [InlineData("""{"prompt_ids": [], "chosen_ids": [3, 4], "rejected_ids": [2]}""", "'rejected_ids' is one token without a prompt")]
    [InlineData("""{"prompt": ["x"], "chosen": [{"role": "assistant", "content": "b"}], "rejected": [{"role": "assistant"}]}""",
        "message 1 of the chat is \"x\", expected an object with 'role' and 'content'")]
    [InlineData("""{"prompt": [{"role": "user"}], "chosen": [{"role": "assistant", "content": "b"}], "rejected": [{"role": "tool"}]}""",
        "message 1 of the chat, the user's, has no 'content'")]
    [InlineData("""{"prompt": [], "chosen": [{"role": "assistant", "content": "b"}], "rejected": [{"role": "assistant", "content": ""}]}""",
        "'rejected' is empty")]
    [InlineData("""{"prompt": [], "chosen": [{"role": "user", "content": "b"}], "rejected": [{"role": "assistant"}], "tools": 5}""",
        "'tools' is 5, expected a list")]
    [InlineData("{nope", "not JSON: byte 2: ")]
    public void A_pair_that_cannot_be_learnt_is_named(string row, string fault)
    {
        File.WriteAllText(pairs, row);
        var message = Assert.Throws<DataException>(() =>
            Run(new PairTask(new OfflineOptions { Model = model, Data = [pairs] }, null), "wrong")).Message;
        Assert.Contains("pairs.jsonl line 1", message, StringComparison.Ordinal);
        Assert.Contains(fault, message, StringComparison.Ordinal);
    }

    [Theory, InlineData(""), InlineData("\n \n")]
    public void A_file_without_rows_is_told_as_such(string text)
    {
        File.WriteAllText(pairs, text);
        Assert.EndsWith("pairs.jsonl: there are no rows.", Assert.Throws<DataException>(() =>
            Run(new PairTask(new OfflineOptions { Model = model, Data = [pairs] }, null), "wrong")).Message);
    }

    [Fact]
    public void An_adapter_of_another_model_is_refused_by_tensor()
    {
        var adapter = Directory.CreateDirectory(folder.File("adapter")).FullName;
        File.WriteAllText(Path.Combine(adapter, "adapter_config.json"), """{"peft_type": "LORA", "r": 4, "target_modules": ["q_proj"]}""");
        Some.WriteTensors(Path.Combine(adapter, StageFolder.AdapterWeights),
            ("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", [4, 3]));
        var message = Assert.Throws<ModelFormatException>(() => Run(new PairTask(
            new OfflineOptions { Model = model, Data = [pairs], Adapter = adapter }, null), "other")).Message;
        Assert.Contains("q_proj.lora_A.weight' is [4, 3], expected [4, ", message, StringComparison.Ordinal);
    }
}

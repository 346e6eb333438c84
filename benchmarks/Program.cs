// The benchmarks, one command each; peers are timed in the same run.
using Majlis.benchmarks;
using Majlis.Torch;

NativeRuntime.Prepare(args is ["sft"] or ["dpo", ..] ? NativeRuntime.TrainingBlock : NativeRuntime.ServingBlock);
return args switch
{
    ["weights", var model] => WeightsBenchmark.Run(model),
    ["memory", .. var models] => MemoryBenchmark.Run(models),
    ["memory-child", var model] => MemoryBenchmark.RunChild(model),
    ["sft"] => SftBenchmark.Run(),
    ["dpo", var model, .. var how] when DpoBenchmark.Knows(how) => DpoBenchmark.Run(model, how),
    ["merge", .. var command] => MergeBenchmark.Run(command),
    ["tokenizer", .. var names] => TokenizerBenchmark.Run(names),
    ["maskbench", .. var options] => await MaskBenchmark.RunAsync(options),
    ["schemas", var model] => await SchemaBenchmark.RunAsync(model),
    ["clients", var model] => await ClientsBenchmark.RunAsync(model),
    ["speculate", var model] => await SpeculationBenchmark.RunAsync(model),
    ["engine"] => await EngineBenchmark.RunAsync(),
    ["long-prompt", var model] => LongPromptBenchmark.Run(model),
    ["long-prompt-child", var model] => await LongPromptBenchmark.RunChildAsync(model),
    ["fairness", var model] => await FairnessBenchmark.RunAsync(model),
    ["cpu", .. var models] => CpuBenchmark.Run(models),
    ["cpu-child", var engine, var model] => await CpuRun.RunChildAsync(engine, model),
    ["cpu-shapes", .. var names] => ShapeBenchmark.Run(names),
    ["cpu-shape-child", var name, var precision, var folder] => await ShapeBenchmark.RunChildAsync(name, precision, folder),
    ["quality", var model, .. var texts] => QualityBenchmark.Run(model, texts),
    ["decode", var model] => await DecodeBenchmark.RunAsync(model),
    ["http", var model] => await HttpBenchmark.RunAsync(model),
    ["embeddings"] => await EmbeddingBenchmark.RunAsync(),
    ["swap-memory", .. var models] => await SwapMemoryBenchmark.RunAsync(models),
    ["swap-under-load", .. var models] => await SwapUnderLoadBenchmark.RunAsync(models),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project benchmarks -- cpu MODEL ... | " +
        "cpu-shapes [NAME ...] | long-prompt MODEL | " +
        "weights MODEL | memory [MODEL ...] | tokenizer [NAME ...] | engine | decode MODEL | fairness MODEL | sft | " +
        "dpo MODEL [bf16] [full] [apart] [recompute] | " +
        "merge [COMMAND] | swap-memory [MODEL] | swap-under-load [MODEL] | maskbench [EVERY] [MODEL ...] | " +
        "http MODEL | embeddings | schemas MODEL | clients MODEL | speculate MODEL | quality MODEL TEXT ...");
    return 2;
}

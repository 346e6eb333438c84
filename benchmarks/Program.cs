// What is timed beside peers, and what is damaged to see who believes it: one verb each.
using System.Globalization;
using Majlis.benchmarks;
using Majlis.Torch;

NativeRuntime.Prepare(NativeRuntime.ServingBlock);
return args switch
{
    ["fuzz", .. var rest] => Fuzz.Run(rest),
    ["weights", var model] => WeightsBenchmark.Run(model),
    ["memory", .. var models] => MemoryBenchmark.Run(models),
    ["memory-child", var model] => MemoryBenchmark.RunChild(model),
    ["tokenizer", .. var names] => TokenizerBenchmark.Run(names),
    ["engine"] => await EngineBenchmark.RunAsync(),
    ["decode", var model] => await DecodeBenchmark.RunAsync(model),
    ["battles", var url, var prompts, var count] => await ScriptedRater.RunAsync(new Uri(url), prompts, int.Parse(count, CultureInfo.InvariantCulture)),
    ["swap", var url, var version] => await SwapWatch.RunAsync(new Uri(url), version),
    ["table", var model, var catalog, var single, var prompts, var voted] =>
        await LoopTable.RunAsync(model, catalog, single, prompts, int.Parse(voted, CultureInfo.InvariantCulture)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project benchmarks -- fuzz [minutes] [seed] | weights MODEL | memory [MODEL " +
        "...] | tokenizer [NAME ...] | engine | decode MODEL; battles, swap and table are loop.sh's");
    return 2;
}

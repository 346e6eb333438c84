// What is timed beside peers, and what is damaged to see who believes it: one verb each.
using Majlis.benchmarks;

return args switch
{
    ["fuzz", .. var rest] => Fuzz.Run(rest),
    ["engine"] => await EngineBenchmark.RunAsync(),
    ["decode", var model] => await DecodeBenchmark.RunAsync(model),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project benchmarks -- fuzz [minutes] [seed] | engine | decode MODEL");
    return 2;
}

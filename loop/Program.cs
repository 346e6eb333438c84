// The commands that loop.sh calls: rated battles, a watch over a swap, and the table that judges the loop.
using System.Globalization;
using Majlis.loop;
using Majlis.Torch;

NativeRuntime.Prepare(NativeRuntime.ServingBlock);
return args switch
{
    ["battles", var url, var prompts, var count] =>
        await ScriptedRater.RunAsync(new Uri(url), prompts, int.Parse(count, CultureInfo.InvariantCulture)),
    ["swap", var url, var version] => await SwapWatch.RunAsync(new Uri(url), version),
    ["table", var model, var catalog, var single, var prompts, var voted] =>
        await LoopTable.RunAsync(model, catalog, single, prompts, int.Parse(voted, CultureInfo.InvariantCulture)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        "usage, as loop.sh calls it: battles URL PROMPTS COUNT | swap URL VERSION | table MODEL CATALOG SINGLE PROMPTS VOTED");
    return 2;
}

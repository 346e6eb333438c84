// The commands that loop.sh and scale.sh call: rated battles, a watch over a swap, the table that judges the loop, the story of three
// replicas.
using System.Globalization;
using Majlis.loop;
using Majlis.loop.Replicas;
using Majlis.Torch;

NativeRuntime.Prepare(NativeRuntime.ServingBlock);
return args switch
{
    ["battles", var url, var questions, var count] =>
        await ScriptedRater.RunAsync(new Uri(url), Question.ToVoteOn(questions), int.Parse(count, CultureInfo.InvariantCulture)),
    ["swap", var url, var version] => await SwapWatch.RunAsync(new Uri(url), version),
    ["table", var model, var catalog, var questions] => await LoopTable.RunAsync(model, catalog, null, Question.Unseen(questions)),
    ["table", var model, var catalog, var questions, var single] =>
        await LoopTable.RunAsync(model, catalog, single, Question.Unseen(questions)),
    ["scores", var model, var catalog] => await StarterScores.RunAsync(model, LoopTable.ServeOf(catalog)),
    ["scale", var model, var folder, var prompts] => await ReplicaStory.RunAsync(model, folder, prompts),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        "usage, as loop.sh and scale.sh call it: battles URL QUESTIONS VOTES | swap URL VERSION "
        + "| table MODEL CATALOG QUESTIONS [SINGLE] | scores MODEL CATALOG | scale MODEL FOLDER PROMPTS; "
        + "QUESTIONS is a file with one a line, or 'starter:SEED'");
    return 2;
}

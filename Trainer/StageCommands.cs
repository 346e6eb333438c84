// The commands that train by a recipe: sft, dpo, kto, reward and iterate, all `NAME RECIPE FOLDER`. Knows no training.
using System.CommandLine;
using Majlis.CommandLine;
using Majlis.Hub;
using Majlis.Model;
using Majlis.Text;
using Majlis.Torch;
using Majlis.Trainer.Data;
using Majlis.Trainer.Iterate;
using Majlis.Trainer.Offline;
using Majlis.Trainer.Operations;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Recipes;
using Majlis.Trainer.Stages;
using Majlis.Trainer.Supervised;

namespace Majlis.Trainer;

static class StageCommands
{
    // A judge may think for long.
    static readonly TimeSpan patience = TimeSpan.FromMinutes(10);

    /// <param name="sources">Where options come from.</param>
    public static IEnumerable<Command> All(OptionSources sources)
    {
        yield return Build<SupervisedOptions>(sources, "sft", "Trains on texts and chats",
            call => TuneAsync(call, new SupervisedTask(call.Options)));
        yield return Build<OfflineOptions>(sources, "dpo", "Trains on preference pairs by DPO and its kin",
            async call => await TuneAsync(call, new PairTask(call.Options, await FindAsync(call.Options.Reference, call.Run.Progress))));
        yield return Build<KtoOptions>(sources, "kto", "Trains on single answers, good or bad",
            call => TuneAsync(call, new UnpairedTask(call.Options)));
        yield return Build<RewardOptions>(sources, "reward", "Trains a reward model on preference pairs",
            call => TuneAsync(call, new RewardTask(call.Options)));
        yield return Build<IterateOptions>(sources, "iterate",
            "Samples answers, scores them, trains on the best against the worst, round after round", async call =>
            {
                using var scorer = await ScorerAsync(sources, call);
                return await new IterateStage(call.Options, call.Model, scorer, call.Run, call.Stepped).RunAsync();
            });
    }

    /// <summary>One run of a command: its recipe, the model on this machine, its surroundings.</summary>
    sealed record Call<T>(T Options, string Model, StageRun Run, Action<StepMetrics> Stepped);

    static Task<string?> TuneAsync<T>(Call<T> call, IStageTask task) =>
        Task.FromResult(new TunedStage(task, call.Model, call.Run, call.Stepped).Run());

    static async Task<IAnswerScorer> ScorerAsync(OptionSources sources, Call<IterateOptions> call) => call.Options.Scorer switch
    {
        "reward_model" => new RewardScorer((await FindAsync(call.Options.RewardModel, call.Run.Progress))!, call.Options.Numerics),
        "judge" => new JudgeScorer(new HttpClient { Timeout = patience }, call.Options.JudgeUrl!, call.Options.JudgeModel,
            sources.Outside("judge_key"), TimeProvider.System),
        _ => new CheckerScorer(),
    };

    static Command Build<T>(OptionSources sources, string name, string what, Func<Call<T>, Task<string?>> train) where T : TunedOptions
    {
        var recipe = new Argument<string>("recipe") { HelpName = "RECIPE", Description = "The options as YAML or JSON, named above." };
        var folder = new Argument<string>("folder") { HelpName = "FOLDER", Description = "Where checkpoints and the result are kept." };
        var metricsUrls = sources.Text("--metrics-urls",
            "Addresses like http://127.0.0.1:9091, separated by semicolons, where Prometheus reads this process's metrics at /metrics.");
        var besideServer = sources.Flag("--beside-server",
            "As a server starts it for a fine-tuning job: at low priority, and no longer than standard input is open.");
        var command = new Command(name, $"{what}; run again after a kill, it goes on.\n\nThe recipe's keys:\n{RecipeHelp.Of(typeof(T))}")
        {
            recipe, folder, metricsUrls, besideServer,
        };
        command.SetAction(async parsed =>
        {
            if (parsed.GetValue(besideServer)) BesideServer.Begin();
            NativeRuntime.Prepare(NativeRuntime.TrainingBlock);
            var kept = new StageFolder(parsed.GetValue(folder)!);
            return await StatusDisplay.RunAsync(Console.Out, display => RunAsync(kept, async () =>
            {
                var options = RecipeReader.Read<T>(parsed.GetValue(recipe)!, given => given.Problems());
                var urls = parsed.GetValue(metricsUrls);
                foreach (var problem in MetricsAddress.Problems(urls)) throw new ModelFormatException(problem);
                var metrics = new TrainingMetrics();
                using var address = new MetricsAddress(MetricsAddress.Split(urls), metrics.Registry);
                var run = new StageRun(kept, display.Say, display, TimeProvider.System);
                var model = (await FindAsync(options.Model, display))!;
                return await train(new Call<T>(options, model, run, step => metrics.Stepped(name, step)));
            }));
        });
        return command;
    }

    /// <summary>A model's path on this machine; one of the hub is downloaded. Null stays null.</summary>
    static async Task<string?> FindAsync(string? name, IProgress<string> progress) =>
        name is null || Path.Exists(name) ? name : await HubModel.ResolveAsync(name, progress);

    static async Task<int> RunAsync(StageFolder folder, Func<Task<string?>> train)
    {
        try
        {
            if (await train() is not { } refusal) return 0;
            await Console.Error.WriteLineAsync(refusal);
            return (int)TrainerExit.Refused;
        }
        catch (IOException error) when (DiskFull.Is(error))
        {
            await Console.Error.WriteLineAsync($"{folder.Path}: the disk is full ({error.Message.TrimEnd('.')}). The checkpoints there are "
                + "whole; free some space and run the command again to go on from the last one");
            return (int)TrainerExit.Failed;
        }
        catch (Exception error) when (error is ModelFormatException or DataException or HubException or IOException
            or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return (int)TrainerExit.Failed;
        }
    }
}

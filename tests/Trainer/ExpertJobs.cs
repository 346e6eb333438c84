// Experts trained by other processes than the trainer's, which waits for them: the same bits, whatever is killed on the way.
using Majlis.CommandLine;
using Majlis.Trainer;
using Majlis.Trainer.Rounds;
using Xunit;

namespace Majlis.tests.Trainer;

public sealed class ExpertJobs
{
    static Task<int> TrainAsync(RoundFixture round, int index, int of) =>
        new ExpertShare(round.Folder, index, of).TrainAsync(_ => { }, round, TimeProvider.System, _ => { });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Experts_of_other_processes_are_merged_to_the_bits_of_one_process(int jobs)
    {
        using var here = new RoundFixture();
        await here.RunAsync();
        using var round = new RoundFixture { ExpertJobs = true };
        var trained = new List<int>();
        round.Watch = line =>
        {
            if (!line.StartsWith("waiting for other processes to train: ar, en", StringComparison.Ordinal)) return;
            trained.AddRange(Enumerable.Range(0, jobs).Select(index => TrainAsync(round, index, jobs).GetAwaiter().GetResult()));
        };
        Assert.True((await round.RunAsync()).Promoted);
        Assert.Equal(2, trained.Sum());
        Assert.Equal(jobs, trained.Count);
        Assert.Equal(here.Bits("v0001"), round.Bits("v0001"));
    }

    [Fact]
    public async Task A_job_killed_in_the_middle_goes_on_and_so_does_a_trainer_killed_while_it_waits()
    {
        using var here = new RoundFixture();
        await here.RunAsync();
        using var round = new RoundFixture { ExpertJobs = true };
        round.Watch = Killing("waiting for other processes");
        await Assert.ThrowsAsync<OperationCanceledException>(() => round.RunAsync());
        round.Watch = Killing("ar: step 3/");
        await Assert.ThrowsAsync<OperationCanceledException>(() => TrainAsync(round, 0, 2));
        round.Watch = _ => { };
        Assert.Equal((1, 1), (await TrainAsync(round, 0, 2), await TrainAsync(round, 1, 2)));
        Assert.Contains(round.Said, line => line.Contains("ar: going on after step 2", StringComparison.Ordinal));
        Assert.True((await round.RunAsync()).Promoted);
        Assert.Equal(here.Bits("v0001"), round.Bits("v0001"));

        static Action<string> Killing(string at) => line =>
        {
            if (line.StartsWith(at, StringComparison.Ordinal)) throw new OperationCanceledException(at);
        };
    }

    [Fact]
    public async Task Two_jobs_never_train_the_same_expert_at_once()
    {
        using var round = new RoundFixture { ExpertJobs = true };
        Exception? refused = null;
        round.Watch = line =>
        {
            if (line.StartsWith("waiting", StringComparison.Ordinal)) TrainAsync(round, 0, 1).GetAwaiter().GetResult();
            if (line.StartsWith("ar: step 1/", StringComparison.Ordinal))
                refused ??= Record.Exception(() => TrainAsync(round, 0, 2).GetAwaiter().GetResult());
        };
        Assert.True((await round.RunAsync()).Promoted);
        Assert.StartsWith("Another process trains the expert ar", Assert.IsType<RoundConflictException>(refused).Message);
    }

    [Fact]
    public async Task Without_a_round_that_waits_a_job_has_nothing_to_do()
    {
        using var round = new RoundFixture();
        Assert.Equal(0, await TrainAsync(round, 0, 4));
        await round.RunAsync();
        Assert.Equal(0, await TrainAsync(round, 0, 4));
        Assert.Equal(0, await CommandAsync("expert", "--catalog", round.Folder, "--index", "3", "--of", "4"));
        Assert.Equal(HostCommand.WrongOptions, await CommandAsync("expert", "--catalog", round.Folder, "--index", "4", "--of", "4"));
    }

    static Task<int> CommandAsync(params string[] arguments) =>
        TrainerCommand.Build(new OptionSources(_ => null), _ => Task.FromResult(0)).RunAsync(arguments);
}

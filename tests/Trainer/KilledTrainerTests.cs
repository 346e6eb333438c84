// The trainer as a real process with a real store: killed in the middle of training and started again, it gives the same bits.
using System.Diagnostics;
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.Model;
using Majlis.Model.Catalog;
using Majlis.tests.Feedback;
using Majlis.tests.Support;
using Majlis.Trainer;
using Xunit;

namespace Majlis.tests.Trainer;

public sealed class KilledTrainerTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("majlis-killed").FullName;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    byte[] Bytes(string weights) => File.ReadAllBytes(Path.Combine(At(weights), "model.safetensors"));

    string At(string name) => Path.Combine(folder, name);

    [Fact]
    public async Task A_trainer_killed_in_the_middle_goes_on_to_the_bits_of_one_that_was_not()
    {
        MakeModel();
        await using var store = EmbeddedRedis.Start(At("data"));
        await FillAsync();
        var whole = await RunAsync("whole", kill: false);

        await RunAsync("killed", kill: true);
        Assert.Empty(new ModelCatalog(At("killed"), TimeProvider.System).Versions());
        Assert.Equal(whole, await RunAsync("killed", kill: false));

        foreach (var part in new[] { ModelCatalog.Master, ModelCatalog.Serve })
            Assert.Equal(Bytes($"whole/v0001/{part}"), Bytes($"killed/v0001/{part}"));
        new ModelCatalog(At("killed"), TimeProvider.System).Verify("v0001");
    }

    [Fact]
    public async Task Without_a_server_it_says_what_it_waits_for()
    {
        MakeModel();
        using var trainer = Start("none", "--data", At("nowhere"));
        var line = await trainer.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        trainer.Kill();
        Assert.StartsWith("waiting for a server: ", line);
        Assert.EndsWith("redis.json is not there yet", line);
    }

    [Fact]
    public async Task A_stage_of_full_training_ends_when_it_is_told_to()
    {
        MakeModel();
        await File.WriteAllLinesAsync(At("rows.jsonl"), Enumerable.Repeat("""{"text": "aaaaaaaa"}""", 100), Stop);
        await File.WriteAllTextAsync(At("recipe.json"), $$"""
            {"model": "{{At("model")}}", "data": ["{{At("rows.jsonl")}}"], "loss": "text", "max_length": 8, "batch_rows": 1,
             "epochs": 100000}
            """, Stop);
        using var trainer = Start(["sft", At("recipe.json"), At("stage")]);
        while (await trainer.StandardOutput.ReadLineAsync(Stop) is { } line && !line.StartsWith("sft: step", StringComparison.Ordinal)) { }
        using var signal = Process.Start("kill", ["-TERM", $"{trainer.Id}"]);
        var rest = trainer.StandardOutput.ReadToEndAsync(Stop);
        await trainer.WaitForExitAsync(Stop).WaitAsync(TimeSpan.FromSeconds(60), Stop);
        Assert.Equal(128 + 15, trainer.ExitCode);
        await rest;
    }

    /// <summary>One round. A kill comes after a state of the first expert is saved and before its training ends.</summary>
    async Task<int> RunAsync(string catalog, bool kill)
    {
        using var trainer = Start(catalog, "--data", At("data"));
        var output = trainer.StandardOutput.ReadToEndAsync();
        if (kill)
        {
            var states = At($"{catalog}/.rounds/0001/experts/ar/state");
            await Eventually.HoldsAsync(
                "a saved state of the training", () => trainer.HasExited || HasState(states), TimeSpan.FromMinutes(3));
            Assert.False(trainer.HasExited, "the trainer ended before it could be killed");
            trainer.Kill();
        }
        await trainer.WaitForExitAsync();
        var ended = trainer.ExitCode is (int)TrainerExit.Promoted or (int)TrainerExit.Refused or (int)TrainerExit.NotEnoughEvidence;
        Assert.True(kill || ended, await output);
        return trainer.ExitCode;
    }

    static bool HasState(string folder) =>
        Directory.Exists(folder) && Directory.EnumerateDirectories(folder, "step-*")
            .Any(path => !path.EndsWith(DurableFiles.Unfinished, StringComparison.Ordinal));

    Process Start(string catalog, params string[] more) => Start(
    [
        "--once", "--model", At("model"), "--catalog", At(catalog), "--reader", catalog, "--policy", "small", "--held-out", "30",
        "--epochs", "6", .. more,
    ]);

    static Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo(TrainerBuild.Program) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    void MakeModel()
    {
        Directory.CreateDirectory(At("model"));
        foreach (var file in Directory.EnumerateFiles(Some.TinyModel)) File.Copy(file, Path.Combine(At("model"), Path.GetFileName(file)));
        File.WriteAllText(Path.Combine(At("model"), "tokenizer.json"),
            """{"version": "1.0", "added_tokens": [], """
            + """ "model": {"type": "BPE", "unk_token": "<unk>", "vocab": {"<unk>": 0, "a": 1}, "merges": []}}""");
    }

    async Task FillAsync()
    {
        await using var connection = await TestStore.ConnectAsync(
            new RedisOptions { DataFolder = At("data"), Patience = TimeSpan.FromSeconds(20) });
        var battles = new BattleStore(connection, TimeProvider.System);
        foreach (var vote in Some.Votes(48))
        {
            await battles.OpenAsync(vote.Battle with { Opened = TimeProvider.System.GetUtcNow() });
            Assert.Equal(VoteOutcome.Stored, (await battles.VoteAsync(vote.Vote)).Outcome);
        }
    }
}

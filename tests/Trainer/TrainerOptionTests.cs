// The trainer's options from outside, and the messages for wrong ones.
using Majlis.CommandLine;
using Majlis.Trainer;
using Xunit;

namespace Majlis.tests.Trainer;

public sealed class TrainerOptionTests
{
    static Task<(TrainerOptions Options, IReadOnlyList<string> Errors)> ReadAsync(params string[] args) => ReadAsync(_ => null, args);

    static async Task<(TrainerOptions Options, IReadOnlyList<string> Errors)> ReadAsync(Func<string, string?> outside, params string[] args)
    {
        var options = new TrainerOptions();
        var command = TrainerCommand.Build(new OptionSources(outside), given => Task.FromResult(Keep(given)));
        var errors = command.Errors(args);
        if (errors.Count == 0) await command.RunAsync(args);
        return (options, errors);

        int Keep(TrainerOptions given)
        {
            options = given;
            return 0;
        }
    }

    [Fact]
    public async Task Defaults_are_good() => Assert.Empty((await ReadAsync()).Errors);

    [Fact]
    public async Task The_command_line_wins_over_the_environment()
    {
        var (options, errors) = await ReadAsync(name => name switch { "epochs" => "7", "learning_rate" => "1e-3", _ => null },
            "--epochs=3", "--once", "--experts", "tag:short");
        Assert.Empty(errors);
        Assert.Equal((3, true, "tag:short", 1e-3), (options.Round.Epochs, options.Once, options.Round.Experts, options.Round.LearningRate));
    }

    [Fact]
    public async Task An_answers_length_counts_in_full_unless_an_option_lessens_it()
    {
        Assert.Null((await ReadAsync()).Options.Round.Pairs().Loss.LengthAlpha);
        Assert.Equal(0.25, (await ReadAsync("--ld-alpha", "0.25")).Options.Round.Pairs().Loss.LengthAlpha);
    }

    [Theory]
    [InlineData("--model", "/nowhere", "there is no file or folder '/nowhere'")]
    [InlineData("--experts", "colour", "'colour' is not language, tag:NAME or all")]
    [InlineData("--policy", "lax", "'lax' is not one of standard, small")]
    [InlineData("--numerics", "fp16", "'fp16' is neither fp32 nor bf16")]
    [InlineData("--epochs", "many", "'many' is not a whole number")]
    [InlineData("--held-out", "100", "100 is not between 0 and 100")]
    [InlineData("--keep", "-1", "-1 is below 0")]
    [InlineData("--ld-alpha", "1.5", "1.5 is not between 0 and 1")]
    [InlineData("--target-modules", "q_proj,lm_head", "'lm_head' is neither all-linear nor one of q_proj")]
    [InlineData("--layers", "6;7", "'6;7' is not a list of layers' numbers such as 6,7")]
    [InlineData("--replay", "/nowhere.jsonl", "there is no file '/nowhere.jsonl'")]
    [InlineData("--replay-weight", "0", "0 is not above 0")]
    [InlineData("--lerning-rate", "1", "Unrecognized command or argument '--lerning-rate'")]
    public async Task Every_wrong_option_is_named_with_what_was_expected(string name, string value, string message) =>
        Assert.Contains((await ReadAsync(name, value)).Errors, error => error.Contains(message, StringComparison.Ordinal));

    [Fact]
    public async Task All_errors_are_said_at_once() =>
        Assert.Equal(2, (await ReadAsync("--policy", "lax", "--numerics", "int8")).Errors.Count);
}

// What the trainer takes from outside, and how it says what is wrong with it.
using Majlis.Trainer;
using Xunit;

namespace Majlis.tests.Trainer;

public sealed class TrainerOptionTests
{
    static (TrainerOptions Options, IReadOnlyList<string> Errors) Read(params string[] args) => TrainerOptions.Read(args, _ => null);

    [Fact]
    public void Defaults_are_good() => Assert.Empty(Read().Errors);

    [Fact]
    public void The_command_line_wins_over_the_environment()
    {
        var (options, errors) = TrainerOptions.Read(["--epochs=3", "--once", "--experts", "tag:short"],
            name => name switch { "MAJLIS_EPOCHS" => "7", "MAJLIS_LEARNING_RATE" => "1e-3", _ => null });
        Assert.Empty(errors);
        Assert.Equal((3, true, "tag:short", 1e-3), (options.Epochs, options.Once, options.Experts, options.LearningRate));
    }

    [Theory]
    [InlineData("--model", "/nowhere", "there is no file or folder '/nowhere'")]
    [InlineData("--experts", "colour", "'colour' is not language, tag:NAME or all")]
    [InlineData("--policy", "lax", "'lax' is not one of standard, small")]
    [InlineData("--numerics", "fp16", "'fp16' is neither fp32 nor bf16")]
    [InlineData("--epochs", "many", "'many' is not a number")]
    [InlineData("--held-out", "100", "100 is not between 0 and 100")]
    [InlineData("--keep", "-1", "-1 is below 0")]
    [InlineData("--lerning-rate", "1", "no such option; options: --catalog VALUE")]
    public void Every_wrong_option_is_named_with_what_was_expected(string name, string value, string message) =>
        Assert.Contains(Read(name, value).Errors, error => error.Contains(message, StringComparison.Ordinal));

    [Fact]
    public void All_errors_are_said_at_once() => Assert.Equal(2, Read("--policy", "lax", "--numerics", "int8").Errors.Count);
}

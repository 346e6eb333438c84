// The words that mergekit's loader understands in a recipe: YAML 1.1's truth values, and parameters without effect.
using Majlis.Merge;
using Majlis.Merge.Recipes;
using Xunit;

namespace Majlis.tests.Merge;

public sealed class RecipeWords
{
    [Theory]
    [InlineData("true", 1)]
    [InlineData("True", 1)]
    [InlineData("TRUE", 1)]
    [InlineData("yes", 1)]
    [InlineData("On", 1)]
    [InlineData("false", 0)]
    [InlineData("No", 0)]
    [InlineData("OFF", 0)]
    public void Flags_are_written_in_any_of_the_ways_of_yaml(string word, double expected) =>
        Assert.Equal(expected, Recipe("task_arithmetic", $"normalize: {word}").Parameters.Values["normalize"][0].Gradient[0]);

    [Theory]
    [InlineData("tRUE")]
    [InlineData("y")]
    [InlineData("maybe")]
    public void Other_words_are_no_flag(string word) =>
        Assert.Contains($"'{word}'",
            Assert.Throws<MergeRecipeException>(() => Recipe("linear", $"normalize: {word}")).Message, StringComparison.Ordinal);

    [Fact]
    public void Task_arithmetic_takes_int8_mask_which_needs_no_mask_there()
    {
        Assert.NotNull(Recipe("task_arithmetic", "int8_mask: true"));
        Assert.Throws<MergeRecipeException>(() => Recipe("task_arithmetic", "int8_mask: 3"));
    }

    [Theory]
    [InlineData("merge_method: lineer", "merge_method 'lineer'")]
    [InlineData("merge_method: linear\ndtype: bf16", "dtype 'bf16'")]
    [InlineData("merge_method: linear\nchat_template: chatml", "chat_template 'chatml'")]
    public void A_wrong_value_is_told_with_its_own_line(string wrong, string told)
    {
        var recipe = $"# the recipe\nmodels:\n- model: a\n  parameters: {{weight: 1.0}}\n{wrong}\n";
        var refusal = Assert.Throws<MergeRecipeException>(() => MergeRecipe.Parse(recipe));
        Assert.Contains($"line {4 + wrong.Split('\n').Length}: {told}", refusal.Message, StringComparison.Ordinal);
    }

    static MergeRecipe Recipe(string method, string parameter) =>
        MergeRecipe.Parse(
            $"merge_method: {method}\nbase_model: b\nmodels:\n- model: a\n  parameters: {{weight: 1.0}}\nparameters: {{{parameter}}}\n");
}

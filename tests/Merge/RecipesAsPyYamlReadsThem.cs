// YAML as PyYAML's safe loader reads it, for which mergekit's recipes are written: the expected values are PyYAML 6.0.3's.
using Majlis.Merge;
using Majlis.Merge.Recipes;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Merge;

public sealed class RecipesAsPyYamlReadsThem
{
    [Theory]
    [InlineData("0.5", 0.5)]
    [InlineData("010", 8)]
    [InlineData("-010", -8)]
    [InlineData("00", 0)]
    [InlineData("08", 8)] // text in YAML 1.1; mergekit reads text that is a number
    [InlineData("0b101", 5)]
    [InlineData("0x1F", 31)]
    [InlineData("0x_1", 1)]
    [InlineData("1_000", 1000)]
    [InlineData("1_0.5", 10.5)]
    [InlineData("1:30", 90)]
    [InlineData("-1:30", -90)]
    [InlineData("190:20:30", 685230)]
    [InlineData("1:30.5", 90.5)]
    [InlineData("1.", 1)]
    [InlineData(".5e+1", 5)]
    [InlineData("1e-1", 0.1)]
    [InlineData("1e1", 10)]
    [InlineData("-.5", -0.5)]
    [InlineData("\"0.5\"", 0.5)]
    [InlineData("!!int \"010\"", 8)]
    [InlineData("!!float 1", 1)]
    [InlineData("! 5", 5)]
    [InlineData("'010'", 10)]
    [InlineData("123456789012345678901234567890", 123456789012345678901234567890.0)]
    public void A_number_has_the_value_that_it_has_there(string written, double expected) => Assert.Equal(expected, Weight(written));

    [Theory]
    [InlineData("0o10", "text")]
    [InlineData("1:60", "text")]
    [InlineData("_1", "text")]
    [InlineData("0x", "text")]
    [InlineData("y", "text")]
    [InlineData("yes", "truth value")]
    [InlineData("2001-01-01", "date")]
    [InlineData(".inf", "finite")]
    [InlineData("-.INF", "finite")]
    [InlineData(".NaN", "finite")]
    [InlineData("0x_", "no value")]
    [InlineData("!!int ten", "no value")]
    [InlineData("!colour 5", "!colour")]
    [InlineData("!!set {a}", "tag:yaml.org,2002:set")]
    [InlineData("=", "no value")]
    [InlineData("<<", "merge key")]
    public void What_is_no_number_there_is_none_here(string written, string expected)
    {
        var message = Refusal($"merge_method: linear\nmodels:\n- model: a\n  parameters:\n    weight: {written}\n");
        Assert.Contains("line 5", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("~")]
    [InlineData("null")]
    [InlineData("Null")]
    [InlineData("NULL")]
    [InlineData("")]
    [InlineData("!!null ''")]
    public void Null_is_absent(string nothing)
    {
        var recipe = MergeRecipe.Parse($"""
            merge_method: linear
            base_model: {nothing}
            dtype: {nothing}
            out_dtype: {nothing}
            parameters: {nothing}
            slices: {nothing}
            tokenizer_source: {nothing}
            models:
            - model: a
              parameters:
                weight:
                - filter: {nothing}
                  value: 2
            """);
        Assert.Null(recipe.BaseModel);
        Assert.Null(recipe.Type);
        Assert.Null(recipe.OutputType);
        Assert.Empty(recipe.Parameters.Values);
        Assert.Null(recipe.Slices[0].Sources[0].Layers);
        Assert.Equal([new FilteredSetting(null, [2])], recipe.Slices[0].Sources[0].Parameters.Values["weight"],
            (left, right) => left.Filter == right.Filter && left.Gradient.SequenceEqual(right.Gradient));
        Assert.Contains("merge_method is missing", Refusal($"merge_method: {nothing}\nmodels: [model: a]"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nULL")]
    [InlineData("none")]
    [InlineData("'~'")]
    [InlineData("'null'")]
    public void Other_words_are_not_null(string word) =>
        Assert.Equal(word.Trim('\''), MergeRecipe.Parse($"merge_method: linear\nbase_model: {word}\nmodels: [model: a]").BaseModel);

    [Theory]
    [InlineData("010", "a number")]
    [InlineData("no", "a truth value")]
    [InlineData("1.5", "a number")]
    [InlineData("2024-05-01", "a date")]
    public void A_name_that_yaml_reads_as_something_else_is_asked_for_in_quotes(string name, string kind)
    {
        var message = Refusal($"merge_method: linear\nmodels:\n- model: {name}\n  parameters: {{weight: 1}}\n");
        Assert.Contains($"line 3: model: {name} is {kind} in YAML, expected text; put it in quotes", message, StringComparison.Ordinal);
        Assert.Equal(name, MergeRecipe.Parse($"merge_method: linear\nmodels:\n- model: '{name}'\n").Slices[0].Sources[0].Model);
    }

    [Theory]
    [InlineData("<<: *first\n    weight: 7", 7)]
    [InlineData("weight: 7\n    <<: *first", 7)]
    [InlineData("<<: *first", 1)]
    [InlineData("<<: [*first, *second]", 1)]
    [InlineData("<<: [*second, *first]", 2)]
    [InlineData("<<: *first\n    <<: *second", 2)]
    [InlineData("<<: {weight: 3}", 3)]
    [InlineData("<<: []\n    weight: 4", 4)]
    [InlineData("<<: *nested", 5)]
    public void Merge_keys_merge_and_the_explicit_key_wins(string parameters, double expected)
    {
        var recipe = MergeRecipe.Parse($$"""
            merge_method: linear
            models:
            - &one
              model: a
              parameters: &first {weight: 1}
            - model: b
              parameters: &second {weight: 2}
            - model: c
              parameters: &nested
                <<: [*second]
                weight: 5
            - <<: *one
              model: d
              parameters:
                {{parameters}}
            """);
        Assert.Equal(["a", "b", "c", "d"], recipe.Slices[0].Sources.Select(source => source.Model));
        Assert.Equal(expected, recipe.Slices[0].Sources[3].Parameters.Find("weight", "", 0));
    }

    /// <summary>Also in braces before another key, which the library's parser alone refuses.</summary>
    [Theory]
    [InlineData("[{model: a, parameters: {weight: &w 3}}, {model: b, parameters: {weight: *w}}]")]
    [InlineData("[{model: &m a, parameters: &p {weight: 3}}, {model: b, parameters: *p}]")]
    [InlineData("[{model: !!str &m a, parameters: {weight: &w 3}}, {model: b, parameters: {weight: [*w]}}]")]
    public void Anchors_and_aliases_stand_for_their_values(string models)
    {
        var recipe = MergeRecipe.Parse($"merge_method: linear\nmodels: {models}\n");
        Assert.All(recipe.Slices[0].Sources, source => Assert.Equal(3, source.Parameters.Find("weight", "", 0)));
        Assert.Equal(["a", "b"], recipe.Slices[0].Sources.Select(source => source.Model));
    }

    [Theory]
    [InlineData("<<: 5", "<< takes a mapping")]
    [InlineData("<<: ~", "<< takes a mapping")]
    [InlineData("<<: [{weight: 1}, 5]", "<< takes a mapping")]
    [InlineData("'<<': {weight: 1}", "'<<' is not known here")]
    [InlineData("<<: *absent", "the alias *absent has no anchor before it")]
    [InlineData("<<: &own {<<: *own}", "stands inside what it names")]
    [InlineData("? [weight]\n    : 1", "a key must be one word")]
    [InlineData("? {weight: 1}\n    : 1", "a key must be one word")]
    public void What_cannot_be_merged_or_is_no_key_is_refused(string parameters, string expected) => Assert.Contains(expected,
        Refusal($"merge_method: linear\nmodels:\n- model: a\n  parameters:\n    {parameters}\n"), StringComparison.Ordinal);

    [Fact]
    public void Of_a_key_that_stands_twice_the_later_counts_and_the_plan_says_so()
    {
        var recipe = MergeRecipe.Parse("merge_method: linear\nmodels:\n- model: a\n  parameters:\n    weight: 1\n    weight: 3\n");
        Assert.Equal(3, recipe.Slices[0].Sources[0].Parameters.Find("weight", "", 0));
        Assert.Equal(["recipe: 'weight' stands again in line 6; the later counts, as mergekit reads it"], recipe.Warnings);
    }

    [Theory]
    [InlineData("&a [*a]", "stands inside what it names")]
    [InlineData("&a {x: *a}", "stands inside what it names")]
    [InlineData("- &a 1\n- &a 2", "the anchor &a stands twice")]
    [InlineData("merge_method: linear\n---\nmodels: []", "a second document begins")]
    [InlineData("", "found nothing")]
    [InlineData("# only a comment\n", "found nothing")]
    [InlineData("--- ~\n", "found nothing")]
    [InlineData("- a", "expected keys with values")]
    [InlineData("x: [1, 2", "not YAML")]
    [InlineData("x: !![ 1", "not YAML")]
    public void A_text_that_is_no_recipe_is_refused_in_words(string yaml, string expected) =>
        Assert.Contains(expected, Refusal(yaml), StringComparison.Ordinal);

    [Fact]
    public void Deep_nesting_ends_in_words() =>
        Assert.Contains("nested more than", Refusal(new string('[', 100_000)), StringComparison.Ordinal);

    [Fact]
    public void Doubling_merges_stay_as_large_as_their_keys()
    {
        var doubled = string.Concat(Enumerable.Range(1, 60).Select(level => $"- &l{level}\n  <<: [*l{level - 1}, *l{level - 1}]\n"));
        Assert.Contains("expected keys with values", Refusal($"- &l0 {{a: 1}}\n{doubled}"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_recipe_that_cannot_be_read_is_named()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("absent.yml", Refusal(() => MergeRecipe.Read(folder.File("absent.yml"))), StringComparison.Ordinal);
        Assert.Contains(folder.Path, Refusal(() => MergeRecipe.Read(folder.Path)), StringComparison.Ordinal);
        var latin = folder.Write("latin.yml", [.. "merge_method: "u8, 0xe9, (byte)'\n']);
        Assert.Contains("latin.yml", Refusal(() => MergeRecipe.Read(latin)), StringComparison.Ordinal);
    }

    static double? Weight(string written) =>
        MergeRecipe.Parse($"merge_method: linear\nmodels:\n- model: a\n  parameters:\n    weight: {written}\n")
            .Slices[0].Sources[0].Parameters.Find("weight", "", 0);

    static string Refusal(string yaml) => Refusal(() => MergeRecipe.Parse(yaml));

    static string Refusal(Func<MergeRecipe> read) => Assert.Throws<MergeRecipeException>(read).Message;
}

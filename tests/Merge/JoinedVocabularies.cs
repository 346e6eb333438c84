// Rows of joined vocabularies, by mergekit's rules and by a recipe's own. A row of a model is one number, so a merged row shows its source.
using System.Globalization;
using System.Text.Json.Nodes;
using Majlis.Merge;
using Majlis.Merge.Recipes;
using Majlis.tests.Support;
using Majlis.Text;
using Xunit;

namespace Majlis.tests.Merge;

public sealed class JoinedVocabularies : IDisposable
{
    const string Embeddings = "model.embed_tokens.weight";

    readonly TemporaryFolder folder = new();

    public JoinedVocabularies()
    {
        Model("a", 100, "s", "x", "y");
        Model("b", 200, "s", "y", "z", "q");
        Model("c", 300, "z", "s", "q");
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("tokenizer_source: union", "s 100 x 101 y 102 z 251 q 252.5")]
    [InlineData("tokenizer_source: union\nbase_model: b", "s 100 y 102 z 202 q 203 x 101")]
    [InlineData("tokenizer_source: base", "s 100 x 101 y 102")]
    [InlineData("tokenizer_source: c", "z 251 s 100 q 252.5")]
    [InlineData("tokenizer: {tokens: {z: {source: c}, q: {source: {kind: zero}}}}", "s 100 x 101 y 102 z 300 q 0")]
    [InlineData("tokenizer: {tokens: {z: {source: {kind: model_token, model: b, token: s}}, y: {source: b}}}",
        "s 100 x 101 y 102 z 200 q 252.5")]
    [InlineData("tokenizer: {tokens: {y: {source: b, force: true}, x: {source: {kind: model_token, model: c, token_id: 7}, force: true}}}",
        "s 100 x 307 y 201 z 251 q 252.5")]
    [InlineData("tokenizer: {source: base, tokens: {z: {source: c}, new: {source: {kind: zero}}}}", "s 100 x 101 y 102 z 300 new 0")]
    [InlineData("tokenizer: {tokens: {new: {source: {kind: model_token, model: b, token: q}}}}", "s 100 x 101 y 102 z 251 q 252.5 new 203")]
    [InlineData("tokenizer: {source: base, pad_to_multiple_of: 4}", "s 100 x 101 y 102 (pad) 101")]
    public void The_first_models_rows_come_from(string recipe, string expected)
    {
        using var plan = Plan(recipe);
        var values = GoldenCase.Merged(plan, plan.Tensors.Single(tensor => tensor.Name == Embeddings));
        var ids = plan.Vocabulary!.Ids.OrderBy(token => token.Value).Select(token => token.Key)
            .Concat(Enumerable.Repeat("(pad)", plan.Vocabulary.Rows - plan.Vocabulary.Ids.Count));
        Assert.Equal(expected, string.Join(' ', ids.Select((token, row) => string.Create(CultureInfo.InvariantCulture,
            $"{token} {values[row * TinyLlama.Width]:0.###}"))));
    }

    [Theory]
    [InlineData("tokenizer: {tokens: {z: {source: a}}}", "a has no token 'z'")]
    [InlineData("tokenizer: {tokens: {z: {source: d}}}", "d takes no part")]
    [InlineData("tokenizer: {tokens: {z: {source: {kind: model_token, model: a, token_id: 8}}}}", "token_id 8 for 'z' goes beyond them")]
    [InlineData("tokenizer: {tokens: {z: {force: true}}}", "'z' needs a source")]
    [InlineData("tokenizer: {pad_to_multiple_of: 0}", "pad_to_multiple_of 0")]
    [InlineData("tokenizer: {tokens: {z: {source: {kind: random}}}}", "kind: zero")]
    [InlineData("chat_template: chatml", "'chatml' is neither auto nor a template")]
    [InlineData("modules: {a: {models: []}, b: {models: []}}", "exactly one of the three")]
    public void A_rule_that_cannot_be_followed_is_refused(string recipe, string expected) =>
        Assert.Contains(expected, Assert.Throws<MergeRecipeException>(() => Plan(recipe)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_written_tokenizer_has_the_new_tokens_and_no_older_form_stays()
    {
        File.WriteAllText(Path.Combine(folder.Path, "a", "vocab.json"), "{}");
        File.WriteAllText(Path.Combine(folder.Path, "a", "tokenizer_config.json"),
            """{"chat_template": "old", "added_tokens_decoder": {}}""");
        using (var plan = Plan("tokenizer_source: union\nchat_template: '{{ messages }}'")) Merger.Publish(plan, folder.File("out"));
        JsonNode Read(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder.File("out"), file)))!;
        Assert.Equal(["z", "q"], Read("tokenizer.json")["added_tokens"]!.AsArray().Select(token => token!["content"]!.GetValue<string>()));
        Assert.Equal("z", Read("tokenizer_config.json")["added_tokens_decoder"]!["3"]!["content"]!.GetValue<string>());
        Assert.Null(Read("tokenizer_config.json")["chat_template"]);
        Assert.Equal("{{ messages }}", File.ReadAllText(Path.Combine(folder.File("out"), "chat_template.jinja")));
        Assert.Equal(5, Read("config.json")["vocab_size"]!.GetValue<int>());
        Assert.False(File.Exists(Path.Combine(folder.File("out"), "vocab.json")));
    }

    [Fact]
    public void A_token_of_the_sources_file_without_a_row_there_keeps_its_id_and_no_other_token_gets_it()
    {
        Model("a", 100, "s", "1", "2", "3", "4", "5", "6", "7", "x", "y");
        using (var plan = Plan("tokenizer_source: union"))
        {
            Assert.Equal((9, 10, 11), (plan.Vocabulary!.Ids["y"], plan.Vocabulary.Ids["z"], plan.Vocabulary.Ids["q"]));
            Assert.DoesNotContain("x", plan.Vocabulary.Ids.Keys);
            Merger.Publish(plan, folder.File("out"));
        }
        var written = JsonNode.Parse(File.ReadAllText(Path.Combine(folder.File("out"), "tokenizer.json")))!;
        Assert.Equal(9, (int)written["model"]!["vocab"]!["y"]!);
        Assert.Equal(["z", "q"], written["added_tokens"]!.AsArray().Select(token => (string)token!["content"]!));
    }

    [Fact]
    public void Of_two_added_tokens_of_one_text_the_last_counts()
    {
        var path = Path.Combine(folder.Path, "b", "tokenizer.json");
        var tokenizer = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        tokenizer["added_tokens"] = new JsonArray(Added(special: false), Added(special: true));
        File.WriteAllText(path, tokenizer.ToJsonString());
        using var plan = Plan("tokenizer_source: union");
        Assert.True((bool)plan.Vocabulary!.Added.Single(token => (string)token["content"]! == "z")["special"]!);

        static JsonObject Added(bool special) => new() { ["id"] = 2, ["content"] = "z", ["special"] = special };
    }

    [Theory]
    [InlineData("""{"a": 1""")]
    [InlineData("""{"a": 1, "a": 2}""")]
    public void A_damaged_config_of_the_tokenizer_is_told_before_anything_is_computed(string config)
    {
        File.WriteAllText(Path.Combine(folder.Path, "a", "tokenizer_config.json"), config);
        Assert.Contains("tokenizer_config.json", Assert.Throws<ModelFormatException>(() => Plan("tokenizer_source: union")).Message,
            StringComparison.Ordinal);
    }

    MergePlan Plan(string recipe) => MergePlan.Create(MergeRecipe.Parse("merge_method: linear\nmodels:\n"
        + "- {model: a, parameters: {weight: 1}}\n- {model: b, parameters: {weight: 0}}\n- {model: c, parameters: {weight: 0}}\n" + recipe),
        folder.Path);

    /// <summary>Row r of the embeddings is r more than <paramref name="first"/> everywhere.</summary>
    void Model(string name, int first, params string[] tokens)
    {
        var path = TinyLlama.Write(Path.Combine(folder.Path, name), weights: tensor => tensor != Embeddings ? null
            : [.. Enumerable.Range(0, 8 * TinyLlama.Width).Select(i => (float)(first + i / TinyLlama.Width))]);
        var vocabulary = new JsonObject(tokens.Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id)));
        var model = new JsonObject { ["type"] = "WordLevel", ["vocab"] = vocabulary, ["unk_token"] = "s" };
        File.WriteAllText(Path.Combine(path, "tokenizer.json"), new JsonObject { ["model"] = model }.ToJsonString());
    }
}

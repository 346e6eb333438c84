// Rows in all of TRL's forms, and OpenAI's, as TRL prepares them: token ids, cuts, rows left out, packing.
using System.Globalization;
using System.Text.Json;
using Majlis.tests.Support;
using Majlis.Text.Chat;
using Majlis.Text.Tokenizers;
using Majlis.Trainer.Data;
using Majlis.Trainer.Preference;
using Majlis.Trainer.Reward;
using Majlis.Trainer.Supervised.Data;
using Majlis.Trainer.Unpaired;
using Xunit;

namespace Majlis.tests.Trainer;

[Trait("Golden", "Training")]
public sealed class GoldenDataFormats : IDisposable
{
    const int NoLimit = 1 << 20;

    readonly TemporaryFolder folder = new();

    static string Root => Shared.Golden("training", "dataset_formats");

    public static TheoryData<int, string> Cases
    {
        get
        {
            var path = Path.Combine(Root, "cases.json");
            var found = new TheoryData<int, string>();
            if (!File.Exists(path)) return new() { { -1, "" } };
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (var (index, one) in json.RootElement.GetProperty("cases").EnumerateArray().Index())
                found.Add(index, $"{one.GetProperty("name").GetString()} {one.GetProperty("trainer").GetString()} "
                    + JsonSerializer.Serialize(one.GetProperty("arguments")));
            return found;
        }
    }

    public void Dispose() => folder.Dispose();

    [Theory, MemberData(nameof(Cases))]
    public void Rows_are_prepared_as_by_TRL(int index, string name)
    {
        Assert.SkipWhen(index < 0, "goldens/training/dataset_formats is not here");
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Root, "cases.json")));
        var one = json.RootElement.GetProperty("cases")[index];
        var rows = folder.File("rows.jsonl");
        File.WriteAllLines(rows, (one.TryGetProperty("openai_rows", out var own) ? own : one.GetProperty("rows")).EnumerateArray()
            .Select(row => row.GetRawText().ReplaceLineEndings(" ")));
        Action<JsonElement, string> check = one.GetProperty("trainer").GetString() switch
        {
            "DPOTrainer" => Pairs,
            "KTOTrainer" => Answers,
            "RewardTrainer" => Rewards,
            _ => Texts,
        };
        check(one, rows);
        GoldenReport.Line("Training", $"dataset_formats/{name}", 0, 0);
    }

    [Fact]
    public void Prompts_that_rows_do_not_state_are_cut_out_as_by_TRL()
    {
        Shared.Require(Root);
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Root, "cases.json")));
        foreach (var one in json.RootElement.GetProperty("extract_prompt").EnumerateArray())
        {
            var (chosen, rejected) = (one.GetProperty("chosen").GetString()!, one.GetProperty("rejected").GetString()!);
            if (one.TryGetProperty("error", out _))
            {
                Assert.Throws<DataException>(() => ImplicitPrompt.Of(chosen, rejected));
                continue;
            }
            var (prompt, good, bad) = ImplicitPrompt.Of(chosen, rejected);
            Assert.Equal((chosen, rejected), (prompt + good, prompt + bad));
            // TRL steps back from the first character to the last, where the chosen text ends with a space.
            if (chosen[0] != rejected[0] && chosen.EndsWith(' '))
                Assert.Equal("", prompt);
            else Assert.Equal(one.GetProperty("result").GetProperty("prompt").GetString(), prompt);
        }
    }

    static RowEncoder Encoder(JsonElement one, bool wholeText = false)
    {
        var tokenizer = TextTokenizer.FromJson(Path.Combine(Root, "tokenizer", "tokenizer.json"));
        var special = TemplateFiles.SpecialTokens(Path.Combine(Root, "tokenizer"));
        var template = one.TryGetProperty("chat_template", out var other)
            ? ChatTemplate.Parse(other.GetString()!, special) : TemplateFiles.Read(Path.Combine(Root, "tokenizer"));
        return new RowEncoder(tokenizer, template, tokenizer.TokenId(special.Eos!), wholeText, TimeProvider.System);
    }

    static int Limit(JsonElement one) =>
        one.GetProperty("arguments").GetProperty("max_length") is { ValueKind: JsonValueKind.Number } length ? length.GetInt32() : NoLimit;

    static bool KeepsEnd(JsonElement one) => one.GetProperty("arguments").TryGetProperty("truncation_mode", out var mode)
        && mode.GetString() == "keep_end";

    static int[] Ids(JsonElement of, string name) => [.. of.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];

    static JsonElement[] Prepared(JsonElement one) => [.. one.GetProperty("prepared").EnumerateArray()];

    static int[] Kept(JsonElement one) => [.. Prepared(one).Select(row => row.GetProperty("row").GetInt32() + 1)];

    static int[] Lines(IEnumerable<string> places) =>
        [.. places.Select(place => int.Parse(place.Split(' ')[^1], CultureInfo.InvariantCulture))];

    static void Pairs(JsonElement one, string rows)
    {
        var whole = PairRows.Read([rows], Encoder(one), NoLimit, "keep_start").Items.ToDictionary(pair => Lines([pair.Id])[0]);
        foreach (var row in Prepared(one))
        {
            var pair = whole[row.GetProperty("row").GetInt32() + 1];
            Assert.Equal(Ids(row, "prompt_ids"), pair.Prompt);
            Assert.Equal(Ids(row, "chosen_ids"), pair.Chosen);
            Assert.Equal(Ids(row, "rejected_ids"), pair.Rejected);
        }
        var kept = PairRows.Read([rows], Encoder(one), Limit(one), KeepsEnd(one) ? "keep_end" : "keep_start");
        Assert.Equal(Kept(one), Lines(kept.Items.Select(pair => pair.Id)));
        Assert.Equal(one.GetProperty("dropped_rows").GetArrayLength(), kept.LeftOut);
        Batch(one.GetProperty("first_batch"), "", TrainingPair.Rows(kept.Items));
    }

    static void Answers(JsonElement one, string rows)
    {
        var expected = Prepared(one);
        var kept = UnpairedRows.Read([rows], Encoder(one), Limit(one), expected.Length);
        Assert.Equal(Kept(one), Lines(kept.Items.Select(example => example.Id)));
        Assert.Equal(expected.Select(row => row.GetProperty("label").GetBoolean()), kept.Items.Select(example => example.IsDesirable));
        foreach (var (row, example) in expected.Zip(kept.Items))
        {
            Assert.Equal(Ids(row, "prompt_ids"), example.Prompt);
            Assert.Equal(Ids(row, "completion_ids").Take(Limit(one) - example.Prompt.Length), example.Completion);
            Assert.Equal(Ids(row, "KL_completion_ids").Take(Limit(one) - example.Prompt.Length), example.Mismatched);
        }
        Batch(one.GetProperty("first_batch"), "", [.. kept.Items.Select(example => example.Row)]);
        Batch(one.GetProperty("first_batch"), "KL_", [.. kept.Items.Select(example => example.MismatchedRow)]);
    }

    static void Rewards(JsonElement one, string rows)
    {
        var kept = RewardRows.Read([rows], Encoder(one), Limit(one));
        Assert.Equal(Kept(one), Lines(kept.Items.Select(pair => pair.Id)));
        foreach (var (row, pair) in Prepared(one).Zip(kept.Items))
        {
            Assert.Equal(Ids(row, "chosen_ids"), pair.Chosen);
            Assert.Equal(Ids(row, "rejected_ids"), pair.Rejected);
        }
    }

    static void Texts(JsonElement one, string rows)
    {
        var arguments = one.GetProperty("arguments");
        bool Flag(string name, bool otherwise) => arguments.TryGetProperty(name, out var flag) ? flag.GetBoolean() : otherwise;
        var isText = one.GetProperty("name").GetString()!.StartsWith("language_modeling", StringComparison.Ordinal);
        var whole = isText ? !Flag("assistant_only_loss", false) : !Flag("completion_only_loss", true);
        var packing = Flag("packing", false);
        var data = DataFiles.Read([rows], Encoder(one, whole), Limit(one), KeepsEnd(one), packing);
        var packed = packing ? Packing.BestFit([.. data.Examples.Select(example => example.Tokens.Length)], Limit(one))
            : Packing.None(data.Examples.Count);
        if (!packing) Assert.Equal(Kept(one), Lines(data.Examples.Select(example => example.Place)));
        foreach (var (row, examples) in Prepared(one).Zip(packed.Select(row => row.Select(example => data.Examples[example]).ToArray())))
        {
            Assert.Equal(Ids(row, "input_ids"), examples.SelectMany(example => example.Tokens));
            // A text's first token has nothing before it, so its label never counts.
            int[] Labels(Example example) =>
                [.. example.Tokens.Select((id, at) => example.IsTarget[at] && (!packing || at > 0) ? id : -100)];
            Assert.Equal(Ids(row, "labels"), examples.SelectMany(Labels));
        }
        Assert.Equal(Prepared(one).Length, packed.Count);
    }

    static void Batch(JsonElement batch, string prefix, IReadOnlyList<Majlis.Trainer.Sequences.TokenRow> rows)
    {
        var ids = batch.GetProperty(prefix + "input_ids").EnumerateArray().ToArray();
        var completions = batch.GetProperty(prefix + "completion_mask").EnumerateArray().ToArray();
        Assert.Equal(ids.Length, rows.Count);
        for (var row = 0; row < rows.Count; row++)
        {
            var expected = ids[row].EnumerateArray().Select(id => id.GetInt32()).ToArray();
            var real = batch.GetProperty(prefix + "attention_mask")[row].EnumerateArray().Count(mark => mark.GetInt32() == 1);
            Assert.Equal(expected[..real], (int[])[.. rows[row].Prompt, .. rows[row].Completion]);
            Assert.Equal(completions[row].EnumerateArray().Sum(mark => mark.GetInt32()), rows[row].Completion.Length);
        }
    }
}

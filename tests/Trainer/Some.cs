// Votes and models for rounds: tiny, seeded, with meaningless text.
using System.Globalization;
using Majlis.Feedback.Votes;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.tests.Support;

namespace Majlis.tests.Trainer;

static class Some
{
    /// <summary>A llama of two layers and 128 words with random weights, from the training references.</summary>
    public static string TinyModel => Shared.Require(Shared.Golden("training", "models", "llama"));

    static readonly Lazy<string> hash = new(() =>
    {
        using var model = Checkpoint.Open(TinyModel);
        return model.WeightsHash;
    });

    /// <summary>The tiny model's hash, as a server writes it beside each of its answers.</summary>
    public static string WeightsHash => hash.Value;

    /// <summary>The preferred answers are short with low token ids, the others long with high ones, which can be learnt.</summary>
    public static IReadOnlyList<StoredVote> Votes(int count, int seed = 5)
    {
        var random = new Random(seed);
        int[] Tokens(int least, int most, int first, int end) =>
            [.. Enumerable.Range(0, random.Next(least, most)).Select(_ => random.Next(first, end)), 1];
        return [.. Enumerable.Range(0, count).Select(index =>
        {
            var (prompt, chosen, rejected) = (Tokens(3, 9, 2, 128), Tokens(2, 6, 2, 30), Tokens(8, 14, 98, 128));
            var first = index % 2 == 0;
            return Vote(index, prompt, first ? chosen : rejected, first ? rejected : chosen, first ? Verdict.A : Verdict.B);
        })];
    }

    public static StoredVote Vote(int index, int[] prompt, int[] a, int[] b, Verdict verdict)
    {
        BattleSide Side(int[] tokens) => new(
            WeightsHash, null, "{}", prompt, tokens, [.. tokens.Select(_ => -1f)], string.Join(' ', tokens), "stop", 1);
        var id = index.ToString("000", CultureInfo.InvariantCulture);
        var language = index % 2 == 0 ? "ar" : "en";
        var battle = new Battle(
            $"btl_{id}", "[]", $"prompt-{id}", language, "rater", DateTimeOffset.UnixEpoch, Side(a), Side(b));
        var vote = new Vote(battle.Id, verdict, ["short"], null, "rater", VoterKinds.Scripted, null, false);
        return new StoredVote(index + 1, battle, vote, DateTimeOffset.UnixEpoch);
    }

    /// <summary>A safetensors file of zeros.</summary>
    public static void WriteTensors(string path, params (string Name, long[] Shape)[] tensors) =>
        SafetensorsWriter.WriteFile(path, tensors.Select(tensor => new TensorInfo(tensor.Name, TensorType.F32, [.. tensor.Shape])),
            (info, output) => output.Write(new float[info.Elements]));
}

// Scores answers by a reward model, worded by its own template and tokenizer. Knows no sampling.
using System.Text.Json.Nodes;
using Majlis.Evaluation;
using Majlis.Model;
using Majlis.Text;
using Majlis.Text.Chat;
using Majlis.Trainer.Reward;
using Majlis.Trainer.Sequences;
using Majlis.Trainer.Stages;
using static TorchSharp.torch;

namespace Majlis.Trainer.Iterate;

sealed class RewardScorer : IAnswerScorer
{
    readonly Checkpoint checkpoint;
    readonly StageNetwork network;
    readonly Scorer scorer;
    readonly Lock gate = new();

    /// <exception cref="ModelFormatException">It is no reward model, or has no template or tokenizer.</exception>
    public RewardScorer(string path, string numerics)
    {
        checkpoint = Checkpoint.Open(path);
        if (checkpoint.Blueprint.HeadKind != HeadKind.Score) throw new ModelFormatException($"{path}: it is no reward model.");
        if (checkpoint.ChatTemplate is null || checkpoint.Tokenizer is null)
            throw new ModelFormatException($"{path}: it brings no chat template or no tokenizer.");
        network = StageNetwork.Frozen(checkpoint, numerics);
        scorer = PackedPolicy.Scorer(network.Network, []);
    }

    public Task<double?[]> ScoreAsync(PromptRow prompt, IReadOnlyList<ModelAnswer> answers) => Task.Run(() =>
    {
        // One at a time: the network computes on all cores as it is.
        lock (gate)
        {
            using var scope = NewDisposeScope();
            using var still = no_grad();
            using var batch = SequenceBatch.Of([.. answers.Select((answer, index) => new TokenRow($"{index}", [], Encode(prompt, answer)))],
                checkpoint.Blueprint.PadToken ?? 0);
            return scorer.Scores(batch).data<float>().ToArray().Select(score => (double?)score).ToArray();
        }
    });

    public void Dispose()
    {
        network.Dispose();
        checkpoint.Dispose();
    }

    int[] Encode(PromptRow prompt, ModelAnswer answer)
    {
        var conversation = prompt.Conversation;
        JsonNode said = new JsonObject { ["role"] = "assistant", ["content"] = answer.Text };
        return ChatPrompt.Encode(checkpoint.ChatTemplate!, checkpoint.Tokenizer!, conversation with
        {
            Messages = [.. conversation.Messages.Select(message => message?.DeepClone()), said],
            Now = DateTimeOffset.UnixEpoch,
        });
    }
}

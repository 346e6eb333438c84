// The run of one admitted chat request: beside what every run has, one prompt and what the answers may cite.
using System.Collections.Immutable;
using Majlis.Inference;
using Majlis.Server.Runs;
using Majlis.Text.Chat;

namespace Majlis.Server.Chat;

sealed class ChatRun(string id, long created, string model, ModelLease lease, int[] prompt, ImmutableArray<GenerationRequest> choices)
    : GenerationRun(id, created, model, lease, [prompt], choices)
{
    public override string Operation => "chat";

    public int[] Prompt => Prompts[0];

    /// <summary>What the template made the prompt of.</summary>
    public required Conversation Conversation { get; init; }

    /// <summary>What the answers may cite; null where they cite nothing.</summary>
    public CitedSources? Sources { get; init; }
}

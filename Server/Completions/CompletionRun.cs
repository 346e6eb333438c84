// The run of a completion request: beside what every run has, the texts that the reply echoes.
using System.Collections.Immutable;
using Majlis.Inference;
using Majlis.Server.Runs;

namespace Majlis.Server.Completions;

/// <param name="echoes">Each prompt's text; empty texts where nothing is echoed.</param>
sealed class CompletionRun(string id, long created, string model, ModelLease lease, ImmutableArray<int[]> prompts,
    ImmutableArray<string> echoes, ImmutableArray<GenerationRequest> choices)
    : GenerationRun(id, created, model, lease, prompts, choices)
{
    public override string Operation => "text_completion";

    public ImmutableArray<string> Echoes => echoes;
}

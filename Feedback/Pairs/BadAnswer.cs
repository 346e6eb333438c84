// One of two answers that a vote calls bad, both: an undesirable example. Knows no tensors.
using System.Collections.Immutable;

namespace Majlis.Feedback.Pairs;

/// <param name="Id">The vote's id and the side.</param>
/// <param name="Weight">As of a pair: each of the two answers has the vote's whole weight.</param>
/// <param name="Version">The weights that gave the answer.</param>
/// <param name="Voter">The voter, or the one who stands for several cookies of one source.</param>
public sealed record BadAnswer(string Id, string PromptHash, string Language, ImmutableArray<string> Tags, int[] Prompt, int[] Completion,
    double Weight, string Version, string Voter);

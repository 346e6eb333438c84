// Earlier questions about an item's documents: each costs a few tokens, the documents many. Data only.
namespace Majlis.recipes.starter.Kinds.Documents;

/// <param name="Share">Of the items.</param>
/// <param name="Most">Questions before the item's own; at least one.</param>
/// <param name="Unanswerable">The share of them that the documents do not answer.</param>
public sealed record FollowUps(double Share, int Most, double Unanswerable);

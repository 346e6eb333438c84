// Tests whether a voter votes like others on the same two versions. The test stays valid after every vote. Knows no weights.
namespace Majlis.Feedback.Pairs;

/// <summary>How others judged the first of two versions against the second.</summary>
public readonly record struct PairHistory(double Wins, double Ties, double Losses)
{
    /// <summary>Smoothed share of an outcome (1, one half or 0 for the first): (n + 1/2) / (N + 3/2).</summary>
    public double Share(double outcome) => (Of(outcome) + 0.5) / (Wins + Ties + Losses + 1.5);

    double Of(double outcome) => outcome switch { 1 => Wins, 0 => Losses, _ => Ties };
}

/// <summary>
/// An e-process: the mean of two likelihood ratios against honest voting, one for random and one for reversed voting. Under honest
/// voting it passes 1/alpha with a probability of at most alpha, however often one looks (Ville's inequality). Without any history
/// both ratios are 1: the first voter is not doubted.
/// </summary>
public sealed class VoterEvidence
{
    double reversed;
    double uniform;

    /// <summary>Natural logarithm of the evidence that the voter votes at random.</summary>
    public double LogUniform => uniform;

    /// <summary>Natural logarithm of the evidence that the voter votes in reverse.</summary>
    public double LogReversed => reversed;

    /// <summary>Natural logarithm of the mean of both likelihood ratios.</summary>
    public double LogMean => Math.Max(uniform, reversed) + Math.Log((1 + Math.Exp(-Math.Abs(uniform - reversed))) / 2);

    /// <summary>Adds a vote: 1 for the first version, 0 for the second, one half for neither.</summary>
    public void Add(PairHistory others, double outcome)
    {
        var honest = others.Share(outcome);
        uniform += Math.Log(1.0 / 3 / honest);
        reversed += Math.Log(others.Share(1 - outcome) / honest);
    }

    /// <summary>Whether the evidence has reached 1/alpha.</summary>
    public bool Exceeds(double alpha) => LogMean >= -Math.Log(alpha);
}

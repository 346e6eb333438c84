// An e-value for votes that come one by one: a Beta mixture of binomial alternatives against one half. Valid however often one looks:
// under equal versions it ever exceeds 1/alpha with probability at most alpha (Ville's inequality). Pure function of counts. A
// reference for later callers: no host judges vote by vote yet.
namespace Majlis.Evaluation;

public static class BetaMixture
{
    /// <summary>ln of the e-value after so many decisive votes, under a symmetric Beta(a, a) mixture.</summary>
    public static double LogEValue(int wins, int losses, double a) =>
        RegularisedBeta.LogBeta(a + wins, a + losses) - RegularisedBeta.LogBeta(a, a) + (wins + losses) * Math.Log(2);
}

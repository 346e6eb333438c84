// How often guesses of one kind were right for one sequence, and how many in a row are worth a step's time. Arithmetic only.
namespace Majlis.Inference.Speculation;

sealed class GuessRecord
{
    // One guess in so many decides the share.
    const double Pace = 1 / 8.0;

    // After so many steps without a guess it is tried again.
    const int Rest = 64;

    // Guesses that are right less often are given up, whatever they cost.
    const double Least = 0.15;

    readonly double prior;
    int skipped;
    bool isDue;

    /// <param name="prior">The share expected before any was tried; half of it some time after they were given up.</param>
    public GuessRecord(double prior) => Share = this.prior = prior;

    /// <summary>The share of guesses that are right where those before them are.</summary>
    public double Share { get; private set; }

    /// <summary>
    /// How many guesses in a row are each worth their price. One is made now and then where none is: else neither the share nor the price
    /// would be learned anew, and what was given up once would stay so.
    /// </summary>
    /// <param name="price">What a guess costs, as a share of the time that a token takes without it.</param>
    public int Depth(double price, int most)
    {
        var (depth, chance) = (0, Share);
        for (; depth < most && chance > Math.Max(price, Least); chance *= Share) depth++;
        if (depth == 0 && isDue) depth = Math.Min(1, most);
        if (depth > 0) isDue = false;
        return depth;
    }

    /// <summary>Counts a step's guesses: the first <paramref name="right"/> of them, and the next one, were tried.</summary>
    public void Judge(int tried, int right)
    {
        for (var i = 0; i < right; i++) Share += Pace * (1 - Share);
        if (right < tried) Share -= Pace * Share;
    }

    /// <summary>A step in which no guess was worth it.</summary>
    public void Skip()
    {
        if (++skipped % Rest != 0) return;
        (Share, isDue) = (Math.Max(Share, prior / 2), true);
    }
}

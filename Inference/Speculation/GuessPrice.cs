// What a guess costs: learns from steps that read no prompt how much longer each further row of tokens makes a step. Has no clock.
namespace Majlis.Inference.Speculation;

/// <summary>A line through the durations of steps by their rows, by least squares in which old steps weigh less and less.</summary>
sealed class GuessPrice
{
    const double Forgetting = 0.98;

    double weight, rows, seconds, squares, products, tokens;

    /// <summary>The time of a further row, as a share of the time per token; 0 where that is not known yet.</summary>
    public double Share { get; private set; }

    /// <summary>The time of a token, in seconds; 0 where that is not known yet.</summary>
    public double PerToken => tokens > 0 ? seconds / tokens : 0;

    /// <param name="computed">Rows of a step that read no prompt.</param>
    /// <param name="written">Tokens that came of it.</param>
    public void Took(TimeSpan duration, int computed, int written)
    {
        var (x, y) = ((double)computed, duration.TotalSeconds);
        (weight, rows, seconds) = (Kept(weight, 1), Kept(rows, x), Kept(seconds, y));
        (squares, products, tokens) = (Kept(squares, x * x), Kept(products, x * y), Kept(tokens, written));
        var spread = weight * squares - rows * rows;
        // Steps that all had as many rows tell nothing new.
        if (spread < 0.01 * squares || PerToken == 0) return;
        Share = Math.Max(0, (weight * products - rows * seconds) / spread) / PerToken;
    }

    static double Kept(double before, double now) => Forgetting * before + now;
}

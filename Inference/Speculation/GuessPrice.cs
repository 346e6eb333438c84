// What a guess costs: learns from steps that read no prompt how much longer each further row of tokens makes a step. Has no clock.
namespace Majlis.Inference.Speculation;

/// <summary>A line through the durations of steps by their rows, by least squares in which old steps weigh less and less.</summary>
sealed class GuessPrice
{
    const double Forgetting = 0.98;

    double weight, rows, seconds, squares, products, sequences;
    double perRow;

    /// <summary>The time of a token where a step computes no guess, in seconds; 0 where that is not known yet.</summary>
    public double PerToken => sequences > 0 ? Math.Max(0, seconds - perRow * (rows - sequences)) / sequences : 0;

    /// <summary>The time of a further row, as a share of <see cref="PerToken"/>; 0 where that is not known yet.</summary>
    public double Share => PerToken > 0 ? perRow / PerToken : 0;

    /// <summary>Counts a step that read no prompt.</summary>
    /// <param name="computed">Its rows: a token of each answer, and guesses.</param>
    /// <param name="answers">The answers that got their next token in it.</param>
    public void Took(TimeSpan duration, int computed, int answers)
    {
        var (x, y) = ((double)computed, duration.TotalSeconds);
        (weight, rows, seconds) = (Kept(weight, 1), Kept(rows, x), Kept(seconds, y));
        (squares, products, sequences) = (Kept(squares, x * x), Kept(products, x * y), Kept(sequences, answers));
        var spread = weight * squares - rows * rows;
        // Steps that all had about as many rows tell nothing new.
        if (spread > 0.01 * weight * squares) perRow = Math.Max(0, (weight * products - rows * seconds) / spread);
    }

    static double Kept(double before, double now) => Forgetting * before + now;
}

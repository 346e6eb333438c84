// What a small model's suggestions cost: learns the time of a token that it draws. Has no clock.
namespace Majlis.Inference.Speculation;

sealed class DraftPrice
{
    const double Forgetting = 0.98;

    double seconds, tokens;

    /// <summary>The time of a drawn token, as a share of <paramref name="perToken"/> seconds; 0 where that is not known yet.</summary>
    public double Share(double perToken) => tokens > 0 && perToken > 0 ? seconds / tokens / perToken : 0;

    public void Took(TimeSpan duration, int drawn) =>
        (seconds, tokens) = (Forgetting * seconds + duration.TotalSeconds, Forgetting * tokens + drawn);
}

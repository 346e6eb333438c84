// Drawing tokens where the logits lie. Agrees with the pure sampler: temperature, min-p, top-k (ties stay in), top-p from the least
// likely on (of equals the lower id goes first), then the inverse cumulative distribution, ascending by id.
using Majlis.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace Majlis.Torch;

static class DeviceSampler
{
    // Sorting 256,000 tokens costs more than the step; the likeliest few hold all the mass that top-p keeps, nearly always.
    const int Likeliest = 1024;

    /// <summary>logits [P, V] fp32, one plan a row. Tensors made here live in the dispose scope that is open.</summary>
    public static void Sample(Tensor logits, ReadOnlySpan<SamplingPlan> plans, Span<SampledToken> tokens)
    {
        var greedy = true;
        foreach (var plan in plans) greedy &= plan.Temperature == 0;
        var ids = logits.argmax(-1); // [P]; the first of equals
        if (!greedy) ids = Draw(logits, ids, plans);
        var chosen = logits.gather(1, ids.unsqueeze(1)).squeeze(1) - logits.logsumexp(-1, false);
        var (drawn, scores) = (ids.cpu().data<long>().ToArray(), chosen.cpu().data<float>().ToArray());
        for (var i = 0; i < plans.Length; i++)
        {
            if (!float.IsFinite(scores[i])) throw new ArithmeticException("The network's logits are not finite.");
            tokens[i] = new SampledToken((int)drawn[i], scores[i]);
        }
    }

    static Tensor Draw(Tensor logits, Tensor best, ReadOnlySpan<SamplingPlan> plans)
    {
        var temperatures = Column(plans, plan => plan.Temperature == 0 ? 1 : plan.Temperature, logits);
        // The likeliest token weighs 1, as in the pure sampler.
        var weights = ((logits - logits.amax([-1], true)) / temperatures).exp(); // [P, V]
        var ids = best.clone();
        for (var i = 0; i < plans.Length; i++)
            if (plans[i].Temperature != 0) ids[i] = DrawOne(weights[i], plans[i]);
        return ids;
    }

    static Tensor DrawOne(Tensor weights, SamplingPlan plan)
    {
        if (plan.MinP > 0) weights = weights * weights.ge(tensor(plan.MinP, device: weights.device));
        if (plan.TopK > 0 && plan.TopK < weights.shape[0]) weights = weights * weights.ge(weights.topk(plan.TopK).values[^1]);
        if (plan.TopP < 1) weights = TopP(weights, plan.TopP);
        var sums = weights.to(ScalarType.Float64).cumsum(0);
        var target = sums[^1] * tensor(plan.Uniform, device: weights.device);
        // The first token whose sum exceeds the target; rounding may leave none, then the last token still in.
        var beyond = sums.gt(target).logical_and(weights.gt(Numbers.Of(0.0)));
        return where(beyond.any(), beyond.to(ScalarType.Int32).argmax(), sums.eq(sums[^1]).to(ScalarType.Int32).argmax());
    }

    static Tensor TopP(Tensor weights, float p)
    {
        var total = weights.sum(ScalarType.Float64);
        var allowed = total * tensor(1.0 - p, device: weights.device);
        var few = (int)Math.Min(Likeliest, weights.shape[0]);
        var (values, places) = weights.topk(few); // descending
        var tail = total - values.sum(ScalarType.Float64);
        // Where the tail cannot fall as a whole, or its border cuts through equals that might stay, look at everything.
        var whole = few == weights.shape[0]
            || (tail.Plus(values[^1] * weights.eq(values[^1]).sum(ScalarType.Float64)) > allowed).ToBoolean();
        var (sorted, order) = whole ? weights.sort(0, false, true) : Ascending(weights, places);
        var dropped = sorted.to(ScalarType.Float64).cumsum(0);
        if (!whole) dropped = dropped.Plus(tail);
        var kept = dropped.gt(allowed);
        kept[^1] = tensor(true, device: weights.device);
        return zeros_like(weights).scatter_(0, order, sorted * kept);
    }

    // Weights at some places, ascending, equals by id: topk itself leaves equals in no order.
    static (Tensor Sorted, Tensor Order) Ascending(Tensor weights, Tensor places)
    {
        var ids = places.sort(0, false, false).Values;
        var (sorted, order) = weights.index_select(0, ids).sort(0, false, true);
        return (sorted, ids.index_select(0, order));
    }

    static Tensor Column(ReadOnlySpan<SamplingPlan> plans, Func<SamplingPlan, float> value, Tensor like)
    {
        var values = new float[plans.Length];
        for (var i = 0; i < values.Length; i++) values[i] = value(plans[i]);
        return tensor(values, device: like.device).unsqueeze(1);
    }
}

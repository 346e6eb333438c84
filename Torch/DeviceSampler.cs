// Draws tokens on the device that holds the logits. Equals the pure sampler: temperature, min-p, top-k (ties stay), top-p from the least
// likely token on (among equals the lower id goes first), then the inverse cumulative distribution, ascending by id.
using System.Runtime.InteropServices;
using Majlis.Model;
using static TorchSharp.torch;

namespace Majlis.Torch;

static class DeviceSampler
{
    // Sorting 256,000 tokens costs more than the step. The most likely few nearly always hold all the mass that top-p keeps.
    const int Likeliest = 1024;

    static readonly byte[] bitsOfByte = [1, 2, 4, 8, 16, 32, 64, 128];

    /// <summary>
    /// logits [P, V] fp32, one plan per row. A row that is not finite gets a log-probability that is not finite, and does not change the
    /// others. Tensors made here live in the open dispose scope.
    /// </summary>
    public static void Sample(Tensor logits, ReadOnlySpan<SamplingPlan> plans, Span<SampledToken> tokens)
    {
        var greedy = true;
        foreach (var plan in plans) greedy &= plan.Temperature == 0;
        var allowed = Allowed(logits, plans);
        var ids = allowed.argmax(-1); // [P]; the first of equals
        if (!greedy) ids = Draw(allowed, ids, plans);
        var chosen = logits.gather(1, ids.unsqueeze(1)).squeeze(1).Minus(logits.logsumexp(-1, false));
        var (drawn, scores) = (ids.cpu().data<long>().ToArray(), chosen.cpu().data<float>().ToArray());
        for (var i = 0; i < plans.Length; i++) tokens[i] = new SampledToken((int)drawn[i], scores[i]);
    }

    // Logits of tokens that a plan forbids become minus infinity. The bits are sent, an eighth of a byte for each token.
    static Tensor Allowed(Tensor logits, ReadOnlySpan<SamplingPlan> plans)
    {
        var (rows, size) = (plans.Length, (int)logits.shape[^1]);
        var any = false;
        foreach (var plan in plans) any |= !plan.Allowed.IsEmpty;
        if (!any) return logits;
        var bytes = new byte[rows, (size + 63) / 64 * sizeof(ulong)];
        for (var row = 0; row < rows; row++)
        {
            var to = MemoryMarshal.CreateSpan(ref bytes[row, 0], bytes.GetLength(1));
            if (plans[row].Allowed.IsEmpty) to.Fill(byte.MaxValue);
            else MemoryMarshal.AsBytes(plans[row].Allowed.Span).CopyTo(to);
        }
        var bits = from_array(bytes, device: logits.device).unsqueeze(-1) // [P, bytes, 1]
            .bitwise_and(from_array(bitsOfByte, device: logits.device)).reshape(rows, -1).narrow(-1, 0, size);
        return logits.Masked(bits.to(ScalarType.Bool).logical_not(), double.NegativeInfinity);
    }

    static Tensor Draw(Tensor logits, Tensor best, ReadOnlySpan<SamplingPlan> plans)
    {
        var temperatures = Column(plans, plan => plan.Temperature, logits);
        var drawing = temperatures.ne(Numbers.Of(0.0));
        // The likeliest token weighs 1, as in the pure sampler.
        var weights = (logits.Minus(logits.amax([-1], true)) / where(drawing, temperatures, ones_like(temperatures))).exp(); // [P, V]
        for (var i = 0; i < plans.Length; i++) Truncate(weights[i], plans[i]);
        var sums = weights.to(ScalarType.Float64).cumsum(-1);
        var total = sums.narrow(-1, sums.shape[^1] - 1, 1); // [P, 1]
        // The first token whose sum exceeds the target. Rounding may leave none: then the last token with weight. For sums that are not
        // finite any index inside the row will do.
        var beyond = searchsorted(sums, total * Column(plans, plan => plan.Uniform, logits), right: true);
        var ids = minimum(beyond, searchsorted(sums, total.contiguous())).minimum(tensor(sums.shape[^1] - 1, device: logits.device));
        return where(drawing, ids, best.unsqueeze(1)).squeeze(1);
    }

    // weights [V], changed in place; greedy rows have nothing to truncate.
    static void Truncate(Tensor weights, SamplingPlan plan)
    {
        if (plan.Temperature == 0) return;
        if (plan.MinP > 0) weights.mul_(weights.ge(tensor(plan.MinP, device: weights.device)));
        if (plan.TopK > 0 && plan.TopK < weights.shape[0]) weights.mul_(weights.ge(weights.topk(plan.TopK).values[^1]));
        if (plan.TopP < 1) weights.copy_(TopP(weights, plan.TopP));
    }

    static Tensor TopP(Tensor weights, float p)
    {
        var total = weights.sum(ScalarType.Float64);
        var allowed = total * tensor(1.0 - p, device: weights.device);
        var few = (int)Math.Min(Likeliest, weights.shape[0]);
        var (values, places) = weights.topk(few); // descending
        var tail = total.Minus(values.sum(ScalarType.Float64));
        // If the tail cannot be dropped whole, or its border splits equal weights of which some may stay, sort everything.
        var whole = few == weights.shape[0]
            || (tail.Plus(values[^1] * weights.eq(values[^1]).sum(ScalarType.Float64)) > allowed).item<bool>();
        var (sorted, order) = whole ? weights.sort(0, false, true) : Ascending(weights, places);
        var dropped = sorted.to(ScalarType.Float64).cumsum(0);
        if (!whole) dropped = dropped.Plus(tail);
        var kept = dropped.gt(allowed);
        kept[^1] = tensor(true, device: weights.device);
        return zeros_like(weights).scatter_(0, order, sorted * kept);
    }

    // The weights at some indices, ascending, equal ones by id: topk itself orders equal ones arbitrarily.
    static (Tensor Sorted, Tensor Order) Ascending(Tensor weights, Tensor places)
    {
        var ids = places.sort(0, false, false).Values;
        var (sorted, order) = weights.index_select(0, ids).sort(0, false, true);
        return (sorted, ids.index_select(0, order));
    }

    // [P, 1]
    static Tensor Column<T>(ReadOnlySpan<SamplingPlan> plans, Func<SamplingPlan, T> value, Tensor like) where T : unmanaged
    {
        var values = new T[plans.Length];
        for (var i = 0; i < values.Length; i++) values[i] = value(plans[i]);
        return from_array(values, device: like.device).unsqueeze(1);
    }
}

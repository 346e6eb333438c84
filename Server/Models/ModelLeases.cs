// Leases the weights that a request names, with the adapter where it names one, or those of the version that its conversation tries. Knows
// no request; whoever begins something with a lease owns it.
using Majlis.Inference;
using Majlis.Server.FineTuning;
using Majlis.Server.Wire;

namespace Majlis.Server.Models;

sealed class ModelLeases(LiveModel live, VersionAdapters versions, TunedAdapters tuned, Trials trials)
{
    /// <summary>What <paramref name="begin"/> makes of a lease, or null with the reason in <paramref name="problem"/>.</summary>
    /// <param name="name">As the client asks for it.</param>
    /// <param name="begin">The result owns the lease; null leaves the reason in the problem.</param>
    /// <param name="conversation">What decides whether a version is tried; null: none is.</param>
    public T? Lease<T>(string name, Problem problem, Func<ModelLease, T?> begin, string? conversation = null) where T : class
    {
        using var plain = live.Lease();
        if (plain is null) problem.Add(ApiError.NoModel());
        if (plain is null || Asked(plain, name, conversation, problem) is not { } lease) return null;
        T? begun = null;
        try
        {
            return begun = problem.First is null ? begin(lease) : null;
        }
        finally
        {
            // Also after a refusal or a failure: a lease that is never returned keeps these weights in memory and blocks every later
            // version.
            if (begun is null) lease.Dispose();
        }
    }

    /// <summary>A lease of its own for what the name means; null with the reason in the problem.</summary>
    ModelLease? Asked(ModelLease plain, string name, string? conversation, Problem problem)
    {
        var model = plain.Model;
        var isLive = ModelNames.Means(name, model, out var adapter);
        // Where the tried version's adapter is not there yet, or no longer, the current version answers.
        if (isLive && adapter is null) return Tried(plain, name, conversation) ?? plain.Share();
        if (!isLive && trials.Running?.Version == name) adapter = Trials.Adapter(name);
        if (isLive)
        {
            versions.Bring(adapter!, model);
            tuned.Bring(adapter!, model);
        }
        if (adapter is not null && plain.Adapted(adapter) is { } adapted) return adapted;
        problem.Add(adapter is not null && model.Adapters.WhyNot(adapter) is { } why ? ApiError.AdapterNotServed(name, why)
            : ApiError.UnknownModel(name, ModelNames.Describe(model)));
        return null;
    }

    ModelLease? Tried(ModelLease plain, string name, string? conversation) =>
        name == ModelNames.Current && conversation is not null && trials.Of(conversation) is { } version
            ? plain.Adapted(Trials.Adapter(version)) : null;
}

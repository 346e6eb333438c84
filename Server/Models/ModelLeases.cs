// Leases the weights that a request names. Knows no request; whoever begins something with a lease owns it.
using Majlis.Inference;
using Majlis.Server.Wire;

namespace Majlis.Server.Models;

sealed class ModelLeases(LiveModel live, ModelNames names)
{
    /// <summary>What <paramref name="begin"/> makes of a lease, or null with the reason in <paramref name="problem"/>.</summary>
    /// <param name="begin">The result owns the lease; null leaves the reason in the problem.</param>
    public T? Lease<T>(string name, Problem problem, Func<ModelLease, T?> begin) where T : class
    {
        if (live.Lease() is not { } lease)
        {
            problem.Add(ApiError.NoModel());
            return null;
        }
        T? begun = null;
        try
        {
            if (!names.Means(name, lease.Model)) problem.Add(ApiError.UnknownModel(name, names.Describe(lease.Model)));
            return begun = problem.First is null ? begin(lease) : null;
        }
        finally
        {
            // Also after a refusal or a failure: a lease that is never returned keeps these weights in memory and blocks every later
            // version.
            if (begun is null) lease.Dispose();
        }
    }
}
